// SPDX-License-Identifier: Apache-2.0
// How the client takes answers that no real service gives.
#include "pomona/storage_s3/s3_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/for_tests/failing_memory.h"
#include "pomona/http/stub_server.h"
#include "pomona/storage/etag.h"
#include "pomona/storage_s3/s3_store.h"

namespace pomona {
namespace {

using std::chrono::milliseconds;

class S3ClientTest : public ::testing::Test {
 protected:
  std::shared_ptr<S3Client> client_of(StubServer::Respond respond) {
    server_.emplace(std::move(respond));
    S3Options options;
    options.endpoint = server_->endpoint();
    options.retry = {3, milliseconds{1}, milliseconds{1}, milliseconds{20'000}};
    options.most_in_flight = 1;
    return std::make_shared<S3Client>(options, "fruits", [](bool) {
      return S3Credentials{"test", "only for tests", ""};
    });
  }

  // A client that always gets this.
  std::shared_ptr<S3Client> client_that_gets(std::string answer) {
    return client_of([answer = std::move(answer)](const std::string&) { return answer; });
  }

  std::optional<StubServer> server_;
};

// The kind of the Error that `action` throws; none where it throws none.
std::optional<ErrorKind> kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

TEST_F(S3ClientTest, ASizeThatIsNoNumberIsDamage) {
  for (const char* length : {"many", "12abc", "99999999999999999999999", "-1"}) {
    const auto client =
        client_that_gets(http_answer(200, std::string("Content-Length: ") + length + "\r\n", ""));
    EXPECT_EQ(kind_of([&] { client->head("a"); }), ErrorKind::kCorrupt) << length;
  }
}

TEST_F(S3ClientTest, ARangeThatIsNoneIsDamage) {
  for (const char* range : {"bytes 0-3/*", "bytes 0-3/", "bytes 0-3/99999999999999999999999",
                            "bytes", "/x", "bytes 0-3/3"}) {
    const std::string header = std::string("Content-Range: ") + range + "\r\n";
    const auto client = client_that_gets(sized_answer(206, header, "body"));
    std::string body;
    EXPECT_EQ(kind_of([&] { client->get_tail("a", 4, body); }), ErrorKind::kCorrupt) << range;
    S3GetOptions options;
    options.range = {0, 4};
    EXPECT_EQ(kind_of([&] { client->get("a", options, body); }), ErrorKind::kCorrupt) << range;
    const auto empty = client_that_gets(sized_answer(416, header, "no such range"));
    EXPECT_EQ(kind_of([&] { empty->get_tail("a", 4, body); }), ErrorKind::kCorrupt) << range;
  }
}

TEST_F(S3ClientTest, ATailOfAnEmptyObject) {
  const auto client =
      client_that_gets(sized_answer(416, "Content-Range: bytes */0\r\n", "no such range"));
  std::string body = "before";
  EXPECT_EQ(client->get_tail("a", 4, body).bytes, 0U);
  EXPECT_EQ(body, "");
}

TEST_F(S3ClientTest, DamageIsAskedForAgain) {
  int requests = 0;
  const auto client = client_of([&](const std::string&) {
    const std::string range = ++requests == 1 ? "0-3/*" : "6-9/10";
    return sized_answer(206, "Content-Range: bytes " + range + "\r\n", "body");
  });
  std::string body;
  EXPECT_EQ(client->get_tail("a", 4, body).bytes, 10U);
  EXPECT_EQ(body, "body");
  EXPECT_EQ(requests, 2);
}

TEST_F(S3ClientTest, AWaitOfAnotherShapeIsNone) {
  int requests = 0;
  const auto client = client_of([&](const std::string&) {
    return ++requests == 1 ? sized_answer(503, "Retry-After: 99999999999999999999 s\r\n", "")
                           : sized_answer(200, "", "body");
  });
  std::string body;
  client->get("a", {}, body);
  EXPECT_EQ(body, "body");
}

std::string listing(const std::string& inside) {
  return sized_answer(200, "", "<ListBucketResult>" + inside + "</ListBucketResult>");
}

TEST_F(S3ClientTest, AListingOfAnotherPlaceIsDamage) {
  for (const char* inside : {"<Contents><Key>a</Key><Size>1</Size></Contents>",
                             "<Contents><Key>photos/a</Key><Size>many</Size></Contents>",
                             "<Contents><Key>photos/a</Key></Contents>",
                             "<CommonPrefixes><Prefix>photos/</Prefix></CommonPrefixes>",
                             "<CommonPrefixes><Prefix>others/</Prefix></CommonPrefixes>",
                             "<IsTruncated>true</IsTruncated>"}) {
    const S3Store store(client_that_gets(listing(inside)), "photos");
    EXPECT_EQ(kind_of([&] { store.list("", [](const ObjectInfo&) {}); }), ErrorKind::kCorrupt)
        << inside;
  }
}

TEST_F(S3ClientTest, APageThatFollowsItselfIsDamage) {
  const auto client = client_that_gets(
      listing("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"));
  const S3Store store(client, "photos");
  EXPECT_EQ(kind_of([&] { store.list("", [](const ObjectInfo&) {}); }), ErrorKind::kCorrupt);
}

TEST_F(S3ClientTest, AnErrorInAnAnswerOfSuccessIsNoDamage) {
  const auto client =
      client_that_gets(sized_answer(200, "", "<Error><Code>InternalError</Code></Error>"));
  EXPECT_EQ(kind_of([&] { client->copy("a", "\"e\"", "b"); }), ErrorKind::kUnavailable);
}

TEST_F(S3ClientTest, APartWithoutEtagIsDamage) {
  const auto client = client_that_gets(sized_answer(200, "", ""));
  EXPECT_EQ(kind_of([&] { client->upload_part("a", "u", 1, "part"); }), ErrorKind::kCorrupt);
}

// What `action` throws says; "" where it throws nothing.
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(S3ClientTest, WhatComesTwiceTheSameIsWhatLiesThere) {
  for (const bool is_etag : {true, false}) {
    int requests = 0;
    const auto client = client_of([&](const std::string&) {
      ++requests;
      const std::string header =
          is_etag ? "ETag: \"" + md5("other") + "\"\r\n" : "x-amz-checksum-sha256: b3RoZXI=\r\n";
      return sized_answer(200, header, requests == 1 ? "on the way" : "body");
    });
    std::string body;
    const auto kind = kind_of([&] { client->get("a", {}, body); });
    EXPECT_EQ(requests, 3);
    EXPECT_EQ(body, "body");
    EXPECT_EQ(kind, is_etag ? std::nullopt : std::optional(ErrorKind::kCorrupt));
    EXPECT_FALSE(kind_of([&] { client->get("a", {}, body); }) && is_etag);
    EXPECT_EQ(requests, is_etag ? 4 : 5) << "an ETag that was no MD5 is not believed again";
  }
}

TEST_F(S3ClientTest, AnEtagThatWasAnMd5IsOneForOtherObjects) {
  int requests = 0;
  const auto client = client_of([&](const std::string& request) {
    ++requests;
    const std::string of = request.find("/good ") != std::string::npos ? "body" : "other";
    return sized_answer(200, "ETag: \"" + md5(of) + "\"\r\n", "body");
  });
  std::string body;
  client->get("good", {}, body);
  for (int i = 0; i < 3; ++i) client->get("bad", {}, body);
  EXPECT_EQ(requests, 7) << "each is read twice";
}

TEST_F(S3ClientTest, NotImplementedIsFinal) {
  int requests = 0;
  const auto client = client_of([&](const std::string&) {
    ++requests;
    return sized_answer(501, "", "<Error><Code>NotImplemented</Code></Error>");
  });
  const std::string message = message_of([&] { client->put_if_absent("a", "one"); });
  EXPECT_NE(message.find("conditional_writes"), std::string::npos) << message;
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(kind_of([&] { client->start_upload("a"); }), ErrorKind::kUnavailable);
  EXPECT_EQ(requests, 2);
}

// Answers to writes with these statuses, one after the other, the last one for ever.
StubServer::Respond writes_answered(std::vector<int> statuses, std::vector<std::string>& requests) {
  return [statuses = std::move(statuses), &requests](const std::string& request) {
    const std::string method = request.substr(0, request.find(' '));
    requests.push_back(method);
    const auto writes = static_cast<std::size_t>(std::ranges::count(requests, "PUT"));
    if (method == "GET") return sized_answer(200, "", "another");
    return sized_answer(method == "PUT" ? statuses[std::min(writes, statuses.size()) - 1] : 204, "",
                        "");
  };
}

TEST_F(S3ClientTest, ConditionalWritesAreTriedOnce) {
  std::vector<std::string> requests;
  const auto client = client_of(writes_answered({200, 412, 200}, requests));
  EXPECT_TRUE(client->put_if_absent("a", "one"));
  EXPECT_TRUE(client->put_if_absent("b", "two"));
  EXPECT_THAT(requests, testing::ElementsAre("PUT", "PUT", "PUT"));
}

TEST_F(S3ClientTest, ARefusedWriteShowsThatConditionsHold) {
  std::vector<std::string> requests;
  const auto client = client_of(writes_answered({412, 200}, requests));
  EXPECT_FALSE(client->put_if_absent("a", "one"));
  EXPECT_TRUE(client->put_if_absent("b", "two"));
  EXPECT_THAT(requests, testing::ElementsAre("PUT", "GET", "PUT"));
}

TEST_F(S3ClientTest, AnObjectThatIsRemovedMeanwhileIsNoIgnoredCondition) {
  std::vector<std::string> requests;
  const auto client = client_of(writes_answered({200, 200, 412}, requests));
  EXPECT_TRUE(client->put_if_absent("a", "one"));
  EXPECT_THAT(requests, testing::ElementsAre("PUT", "PUT", "PUT"));
}

TEST_F(S3ClientTest, AnIgnoredConditionIsAnErrorThatLeavesNothing) {
  std::vector<std::string> requests;
  const auto client = client_of(writes_answered({200}, requests));
  EXPECT_EQ(message_of([&] { client->put_if_absent("a", "one"); }),
            "writing s3://fruits/a: expected HTTP status 412 for an object that is there, found "
            "200; this service ignores conditional writes (If-None-Match), by which runs that "
            "write to the same place notice each other; turn conditional_writes off to publish "
            "without them");
  EXPECT_THAT(requests, testing::ElementsAre("PUT", "PUT", "PUT", "DELETE"));
}

TEST_F(S3ClientTest, TheServiceSaysWhy) {
  const auto client = client_that_gets(
      sized_answer(403, "",
                   "<Error><Code>InvalidObjectState</Code><Message>The storage\nclass "
                   "\"GLACIER\"</Message></Error>"));
  std::string body;
  EXPECT_EQ(
      message_of([&] { client->get("a", {}, body); }),
      "reading s3://fruits/a: HTTP status 403, InvalidObjectState \"The storage class "
      "'GLACIER'\"; it lies in an archive; restore it (aws s3api restore-object), or leave it "
      "out");
}

TEST_F(S3ClientTest, TheServiceSaysNoSecrets) {
  const auto client = client_of([](const std::string& request) {
    const std::string text = "you sent only for tests and " + request.substr(0, 2000);
    return sized_answer(400, "",
                        "<Error><Message><![CDATA[" + text.substr(text.find("Sign")) +
                            " only for tests]]></Message></Error>");
  });
  std::string body;
  S3GetOptions options;
  options.range = {0, 1};
  const std::string message = message_of([&] { client->get("a", options, body); });
  EXPECT_NE(message.find("Signature=***"), std::string::npos) << message;
  EXPECT_EQ(message.find("only for tests"), std::string::npos) << message;
}

TEST(S3TransportTest, WhereRequestsGo) {
  const auto url_of = [](const std::string& endpoint, bool virtual_host,
                         const std::string& bucket) {
    S3Options options;
    options.endpoint = endpoint;
    options.virtual_host = virtual_host;
    options.region = "eu-west-3";
    const S3Transport transport(options, bucket, nullptr);
    const HttpRequest object = transport.request("GET", "a b/c");
    return object.origin + " " + object.path + " " + transport.request("HEAD", "").path;
  };
  EXPECT_EQ(url_of("", false, "fruits"), "https://fruits.s3.eu-west-3.amazonaws.com /a%20b/c /");
  EXPECT_EQ(url_of("", true, "my.fruits"),
            "https://s3.eu-west-3.amazonaws.com /my.fruits/a%20b/c /my.fruits");
  EXPECT_EQ(url_of("http://host:9000", false, "fruits"),
            "http://host:9000 /fruits/a%20b/c /fruits");
  EXPECT_EQ(url_of("https://host/storage/v1/s3", false, "fruits"),
            "https://host /storage/v1/s3/fruits/a%20b/c /storage/v1/s3/fruits");
  EXPECT_EQ(url_of("https://host:9000/s3", true, "fruits"),
            "https://fruits.host:9000 /s3/a%20b/c /s3/");
}

TEST(S3TransportTest, BoundsNameTheField) {
  EXPECT_NO_THROW(S3Options().check());
  const auto expect_refused = [](const std::string& field, const auto& change) {
    S3Options options;
    change(options);
    EXPECT_THAT([&] { S3Transport(options, "fruits", nullptr); },
                testing::ThrowsMessage<Error>(testing::StartsWith(field + ": expected ")));
  };
  expect_refused("region", [](S3Options& options) { options.region = ""; });
  expect_refused("most_in_flight", [](S3Options& options) { options.most_in_flight = 0; });
  expect_refused("max_attempts", [](S3Options& options) { options.retry.max_attempts = 0; });
  expect_refused("total", [](S3Options& options) { options.limits.total = milliseconds{0}; });
}

TEST(S3TransportTest, EachPartitionOfAwsHasItsDomain) {
  const auto origin_in = [](const std::string& region) {
    S3Options options;
    options.region = region;
    return S3Transport(options, "fruits", nullptr).request("GET", "a").origin;
  };
  EXPECT_EQ(origin_in("cn-north-1"), "https://fruits.s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(origin_in("eusc-de-east-1"), "https://fruits.s3.eusc-de-east-1.amazonaws.eu");
  EXPECT_EQ(origin_in("eu-west-3"), "https://fruits.s3.eu-west-3.amazonaws.com");
}

// A request that hangs cannot be ended by a test, but its program can.
template <class Action>
void expect_no_hang(const Action& action) {
  std::packaged_task<void()> task(action);
  std::future<void> done = task.get_future();
  std::thread thread(std::move(task));
  if (done.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
    std::fputs("a request waits for a place that nobody gives back\n", stderr);
    std::abort();
  }
  thread.join();
  done.get();
}

TEST_F(S3ClientTest, MemoryThatRunsOutCostsNoPlaceInFlight) {
  const std::string large(1U << 20U, 'x');
  const auto client = client_that_gets(sized_answer(200, "", large));
  std::string body;
  for (int i = 0; i < 3; ++i) {
    expect_no_hang([&] {
      const FailingMemory failing(1U << 18U);
      EXPECT_THROW(client->get("a", {}, body), std::bad_alloc);
    });
  }
  expect_no_hang([&] { client->get("a", {}, body); });
  EXPECT_EQ(body, large);
}

// Completing the upload answers that there is no such upload; the object has the ETag `found`.
StubServer::Respond ended_upload(const std::string& found) {
  return [found](const std::string& request) {
    if (request.starts_with("HEAD")) return sized_answer(200, "ETag: " + found + "\r\n", "");
    return sized_answer(404, "", "<Error><Code>NoSuchUpload</Code></Error>");
  };
}

TEST_F(S3ClientTest, AnOlderObjectOfAsManyPartsIsNotTheOneUploaded) {
  const std::vector<std::string> parts = {"\"" + md5("one") + "\"", "\"" + md5("two") + "\""};
  const std::string ours = etag_of_parts(parts);
  const std::string older = etag_of_parts({parts[1], parts[0]});
  ASSERT_TRUE(older.ends_with("-2\""));
  const auto completed = [&](const std::string& found, const std::vector<std::string>& etags) {
    const auto client = client_of(ended_upload(found));
    return kind_of([&] { client->complete_upload("a", "u", etags); });
  };
  EXPECT_EQ(completed(older, parts), ErrorKind::kNotFound);
  EXPECT_EQ(completed(ours, parts), std::nullopt) << "an earlier attempt has arrived";
  EXPECT_EQ(completed(ours.substr(1, ours.size() - 2), parts), std::nullopt);
  const std::vector<std::string> no_digests = {"\"x\"", "\"y\""};
  EXPECT_EQ(completed("\"z-2\"", no_digests), ErrorKind::kNotFound);
  EXPECT_EQ(completed("", no_digests), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace pomona
