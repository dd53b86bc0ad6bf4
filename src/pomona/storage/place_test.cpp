// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;

TEST(Place, DistinguishesBucketsFromFolders) {
  EXPECT_TRUE(is_remote("s3://fruits/photos"));
  EXPECT_TRUE(is_remote("s3a://fruits"));
  for (const char* folder : {"photos", "/photos", "./s3:/photos", "a b://c", "://x", ""}) {
    EXPECT_FALSE(is_remote(folder)) << folder;
  }
}

TEST(Place, NamesWhatWorksWhereASchemeDoesNot) {
  for (const std::string place :
       {"hdfs://cluster/a", "gs://bucket/a", "https://host/a", "S3://a"}) {
    try {
      is_remote(place);
      ADD_FAILURE() << place;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
      EXPECT_THAT(error.what(), HasSubstr("s3://BUCKET/PREFIX"));
      EXPECT_THAT(error.what(), HasSubstr(place));
    }
  }
}

TEST(Place, IsSplitIntoParentAndKey) {
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
  EXPECT_THROW(split_place(""), Error);
}

TEST(Place, OverlapsWhatLiesInsideIt) {
  EXPECT_TRUE(places_overlap("/photos", "/photos/"));
  EXPECT_TRUE(places_overlap("/photos/a/..", "/photos/b"));
  EXPECT_TRUE(places_overlap("s3://fruits", "s3a://fruits/a"));
  EXPECT_FALSE(places_overlap("/photos", "/photos-2"));
  EXPECT_FALSE(places_overlap("s3://fruits/a", "s3://fruits/ab"));
  EXPECT_FALSE(places_overlap("s3://fruits/a", "/fruits/a"));
}

TEST(Place, ResolvesToOneNameHoweverItIsWritten) {
  EXPECT_EQ(resolve_place("s3a://fruits/a/"), resolve_place("s3://fruits/a"));
  EXPECT_EQ(resolve_place("/photos/../photos/a/"), "/photos/a");
}

}  // namespace
}  // namespace pomona
