// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_store.h"

#include "pomona/storage/object_store_conformance.h"
#include "pomona/storage_s3/s3_test_server.h"
#include "pomona/storage_s3/s3_upload.h"

namespace pomona {
namespace {

// A bucket below which nothing but the prefix is ours.
struct InBucket {
  static constexpr bool kLeavesSomething = true;
  InBucket() {
    client->put("photos-of-others/1.jpg", "other");
    store = std::make_unique<S3Store>(client, "photos");
  }
  S3TestServer server;
  std::shared_ptr<S3Client> client = server.client();
  std::unique_ptr<ObjectStore> store;
};

INSTANTIATE_TYPED_TEST_SUITE_P(S3, ObjectStoreTest, InBucket);

class S3StoreTest : public ::testing::Test {
 protected:
  S3StoreTest() : client_(server_.client()), store_(client_, "photos") {}

  S3TestServer server_;
  std::shared_ptr<S3Client> client_;
  S3Store store_;
};

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 2654435761U) >> 13U);
  return bytes;
}

TEST_F(S3StoreTest, LargeObjectsGoUpInParts) {
  const std::string bytes = pattern((20U << 20U) + 123);
  const std::unique_ptr<ObjectWriter> writer = store_.create("large");
  for (std::size_t at = 0; at < bytes.size(); at += 3'000'000) {
    writer->write(std::string_view(bytes).substr(at, 3'000'000));
  }
  EXPECT_EQ(client_->pending_uploads("photos/").size(), 1U);
  writer->commit();
  EXPECT_EQ(store_.read("large"), bytes);
  EXPECT_TRUE(client_->pending_uploads("photos/").empty());
  const std::unique_ptr<ObjectReader> reader = store_.open("large");
  std::string piece(5'000'000, ' ');
  reader->read_at(12'000'000, piece);
  EXPECT_EQ(piece, bytes.substr(12'000'000, piece.size()));
}

TEST_F(S3StoreTest, LargeObjectsAreCopiedInParts) {
  constexpr std::uint64_t kPart = 5ULL << 20U;
  const std::string bytes = pattern(2 * kPart + 123);
  client_->put("photos/large", bytes);
  const auto object = client_->head("photos/large");
  ASSERT_TRUE(object);
  copy_s3_object(*client_, "photos/large", *object, "photos/copy", kPart);
  EXPECT_EQ(store_.read("copy"), bytes);
  const auto copy = client_->head("photos/copy");
  ASSERT_TRUE(copy);
  EXPECT_TRUE(copy->etag.ends_with("-3\"")) << "it was no copy by parts";
}

TEST_F(S3StoreTest, ACopyOfWhatHasChangedIsNone) {
  constexpr std::uint64_t kPart = 5ULL << 20U;
  client_->put("photos/large", pattern(2 * kPart));
  const auto object = client_->head("photos/large");
  ASSERT_TRUE(object);
  client_->put("photos/large", std::string(2 * kPart, 'n'));
  for (const std::uint64_t part : {kPart, kCopyPartBytes}) {
    try {
      copy_s3_object(*client_, "photos/large", *object, "photos/copy", part);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kReplaced) << error.what();
    }
    EXPECT_FALSE(store_.exists("copy"));
    EXPECT_TRUE(client_->pending_uploads("photos/").empty());
  }
}

TEST_F(S3StoreTest, AnUploadThatIsGivenUpLeavesNothing) {
  {
    const std::unique_ptr<ObjectWriter> writer = store_.create("large");
    writer->write(std::string(9U << 20U, 'x'));
    EXPECT_EQ(client_->pending_uploads("photos/").size(), 1U);
  }
  EXPECT_TRUE(client_->pending_uploads("photos/").empty());
  EXPECT_FALSE(store_.exists("large"));
}

TEST_F(S3StoreTest, AnObjectReplacedWhileReadIsAnError) {
  store_.write("a", pattern(300'000));
  const std::unique_ptr<ObjectReader> reader = store_.open("a");
  store_.write("a", std::string(300'000, 'n'));
  std::string piece(1000, ' ');
  try {
    reader->read_at(0, piece);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kReplaced) << error.what();
  }
}

TEST_F(S3StoreTest, OnlyOneCanBeTheFirst) {
  EXPECT_TRUE(client_->put_if_absent("marker", "one"));
  EXPECT_FALSE(client_->put_if_absent("marker", "two"));
  EXPECT_TRUE(client_->put_if_absent("marker", "one")) << "it is the one that lies there";
}

TEST_F(S3StoreTest, TellsAWrongKeyFromAMissingBucket) {
  const auto kind_of = [&](const std::string& bucket, const S3Credentials& keys) {
    S3Options options;
    options.endpoint = server_.endpoint();
    S3Client client(options, bucket, [&](bool) { return keys; });
    try {
      client.open_bucket("", [](const std::string&) {});
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find(keys.secret_access_key), std::string::npos);
      return error.kind();
    }
    return ErrorKind::kInternal;
  };
  EXPECT_EQ(kind_of("vegetables", S3TestServer::credentials()), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of("fruits", {"test", "another secret", ""}), ErrorKind::kDenied);
}

}  // namespace
}  // namespace pomona
