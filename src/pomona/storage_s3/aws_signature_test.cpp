// SPDX-License-Identifier: Apache-2.0
// The worked examples of the Amazon S3 API Reference ("Signature Calculations for the Authorization
// Header"), whose keys are made up by AWS.
#include "pomona/storage_s3/aws_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pomona {
namespace {

using ::testing::EndsWith;

constexpr std::time_t kTime = 1369353600;  // 24 May 2013, 0:00 UTC

std::string signature_of(HttpRequest request) {
  request.origin = "https://examplebucket.s3.amazonaws.com";
  const S3Credentials example{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                              ""};
  sign_request(request, example, "us-east-1", kTime);
  for (const auto& [name, value] : request.headers) {
    if (name == "authorization") return value;
  }
  return "";
}

TEST(AwsSignatureTest, OfAGetWithARange) {
  HttpRequest request;
  request.path = "/test.txt";
  request.headers = {{"range", "bytes=0-9"}};
  EXPECT_EQ(signature_of(request),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(AwsSignatureTest, OfAPut) {
  HttpRequest request;
  request.method = "PUT";
  request.path = percent_encode("/test$file.text", /*keep_slash=*/true);
  request.headers = {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                     {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  request.body = "Welcome to Amazon S3.";
  EXPECT_THAT(signature_of(request),
              EndsWith("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(AwsSignatureTest, OfAListing) {
  HttpRequest request;
  request.path = "/";
  request.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_THAT(signature_of(request),
              EndsWith("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

}  // namespace
}  // namespace pomona
