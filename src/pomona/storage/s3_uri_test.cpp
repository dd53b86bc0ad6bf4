// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/s3_uri.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

TEST(S3UriTest, BucketAndPrefix) {
  const S3Uri uri = parse_s3_uri("s3://fruits-eu/a/b c/");
  EXPECT_EQ(uri.bucket, "fruits-eu");
  EXPECT_EQ(uri.prefix, "a/b c");
  EXPECT_EQ(parse_s3_uri("s3a://fruits").prefix, "");
  EXPECT_EQ(parse_s3_uri("s3://fruits/").prefix, "");
}

TEST(S3UriTest, TellsUrisFromPaths) {
  EXPECT_TRUE(is_s3_uri("s3://b"));
  EXPECT_TRUE(is_s3_uri("s3a://b"));
  EXPECT_FALSE(is_s3_uri("/s3://b"));
  EXPECT_FALSE(is_s3_uri("s3/photos"));
}

TEST(S3UriTest, RefusesWhatIsNoBucketAndNoPrefix) {
  for (const char* text : {"s3://", "s3:///a", "s3://Fruits", "s3://ab", "s3://-ab", "s3://a..b",
                           "s3://a_b", "s3://fruits//a", "s3://fruits/../a", "hdfs://fruits"}) {
    EXPECT_THROW(parse_s3_uri(text), Error) << text;
  }
}

}  // namespace
}  // namespace pomona
