// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/http_connection.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(HttpRequestTest, PercentEncoding) {
  EXPECT_EQ(percent_encode("a/b c+é~_.-", /*keep_slash=*/true), "a/b%20c%2B%C3%A9~_.-");
  EXPECT_EQ(percent_encode("a/b=&", /*keep_slash=*/false), "a%2Fb%3D%26");
}

TEST(HttpRequestTest, TheQueryIsSortedAsItIsSigned) {
  HttpRequest request;
  request.query = {{"prefix", "a/b"}, {"list-type", "2"}, {"delete", ""}};
  EXPECT_EQ(request.query_text(), "delete=&list-type=2&prefix=a%2Fb");
}

TEST(HttpRequestTest, TheHostNamesAPortOnlyWhereItIsUnusual) {
  HttpRequest request;
  request.origin = "https://fruits.s3.eu-west-1.amazonaws.com:443";
  EXPECT_EQ(request.host(), "fruits.s3.eu-west-1.amazonaws.com");
  request.origin = "http://127.0.0.1:7070";
  EXPECT_EQ(request.host(), "127.0.0.1:7070");
}

TEST(HttpConnectionTest, NobodyListening) {
  HttpConnection connection;
  HttpRequest request;
  request.origin = "http://127.0.0.1:1";
  request.path = "/";
  std::string body;
  const auto answer = connection.perform(request, {}, body);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, TransportFailure::Kind::kConnect);
}

TEST(HttpConnectionTest, NothingButHttp) {
  HttpConnection connection;
  HttpRequest request;
  request.origin = "file://";
  request.path = "/etc/hostname";
  std::string body;
  const auto answer = connection.perform(request, {}, body);
  ASSERT_FALSE(answer);
  EXPECT_EQ(body, "");
}

}  // namespace
}  // namespace pomona
