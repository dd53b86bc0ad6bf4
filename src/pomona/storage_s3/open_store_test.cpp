// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/open_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(OpenStoreTest, TellsBucketsFromFolders) {
  EXPECT_TRUE(is_remote("s3://fruits/photos"));
  EXPECT_TRUE(is_remote("s3a://fruits"));
  for (const char* folder : {"photos", "/photos", "./s3:/photos", "a b://c", "://x", ""}) {
    EXPECT_FALSE(is_remote(folder)) << folder;
  }
}

TEST(OpenStoreTest, NamesWhatWorksWhereASchemeDoesNot) {
  for (const std::string place :
       {"hdfs://cluster/a", "gs://bucket/a", "https://host/a", "S3://a"}) {
    try {
      open_store(place, {});
      ADD_FAILURE() << place;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
      EXPECT_THAT(error.what(), HasSubstr("s3://BUCKET/PREFIX"));
      EXPECT_THAT(error.what(), HasSubstr(place));
    }
  }
}

TEST(OpenStoreTest, RefusesAnEndpointThatIsNone) {
  StoreOptions options;
  options.s3_endpoint = "127.0.0.1:9000";
  EXPECT_THROW(open_store("s3://fruits", options), Error);
}

TEST(OpenStoreTest, RefusesAnEndpointWithAPasswordAndDoesNotRepeatIt) {
  for (const char* endpoint :
       {"http://me:hunter2@host", "https://me:hun/hunter2@host", "me:hunter2@host"}) {
    StoreOptions options;
    options.s3_endpoint = endpoint;
    try {
      open_store("s3://fruits", options);
      ADD_FAILURE() << endpoint;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
      EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
    }
  }
}

TEST(OpenStoreTest, SplitsPlaces) {
  const auto expect = [](const std::string& place, const std::string& folder,
                         const std::string& key) {
    const auto [found_folder, found_key] = split_place(place);
    EXPECT_EQ(found_folder, folder) << place;
    EXPECT_EQ(found_key, key) << place;
  };
  expect("s3://fruits/a/b.jpg", "s3://fruits/a", "b.jpg");
  expect("s3a://fruits/b.jpg", "s3://fruits", "b.jpg");
  expect("s3://fruits/a/", "s3://fruits", "a");
  expect("s3://fruits", "s3://fruits", "");
  expect("/photos/a/b.jpg", "/photos/a", "b.jpg");
  expect("/photos/a/", "/photos", "a");
  expect("/photos/\xFF.jpg", "/photos", "%FF.jpg");
  expect("b.jpg", std::filesystem::current_path().string(), "b.jpg");
}

}  // namespace
}  // namespace pomona
