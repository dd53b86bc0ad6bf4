// SPDX-License-Identifier: Apache-2.0
#include "pomona/http/http_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

#include "pomona/base/error.h"
#include "pomona/base/for_tests/failing_memory.h"
#include "pomona/http/stub_server.h"

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

TEST(HttpLimitsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(HttpLimits().check());
  const auto expect_refused = [](const std::string& field, const HttpLimits& limits) {
    EXPECT_THAT([&] { limits.check(); },
                testing::ThrowsMessage<Error>(testing::StartsWith(field + ": expected 1 to ")));
  };
  for (const int count : {0, -1}) {
    expect_refused("connect", {.connect = std::chrono::milliseconds{count}});
    expect_refused("total", {.total = std::chrono::milliseconds{count}});
    expect_refused("stall", {.stall = std::chrono::seconds{count}});
  }
  expect_refused("body_bytes", {.body_bytes = 0});
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

TEST(HttpConnectionTest, AFailureNamesItsCause) {
  using Kind = TransportFailure::Kind;
  const auto kind_of = [](const std::string& origin, const std::string& certificates) {
    HttpConnection connection(certificates);
    HttpRequest request;
    request.origin = origin;
    request.path = "/";
    std::string body;
    const auto answer = connection.perform(request, {}, body);
    return answer ? Kind::kOther : answer.error().kind;
  };
  const StubServer server([](const std::string&) { return sized_answer(200, "", "body"); });
  const std::string tls = "https" + server.endpoint().substr(4);
  EXPECT_EQ(kind_of("http://no-such-host.invalid", ""), Kind::kNoHost);
  EXPECT_EQ(kind_of(tls, "/no/such/bundle.pem"), Kind::kNoCertificates);
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

HttpRequest request_to(const StubServer& server) {
  HttpRequest request;
  request.origin = server.endpoint();
  request.path = "/";
  return request;
}

TEST(HttpConnectionTest, MemoryThatRunsOutWhileABodyComesEndsOneRequest) {
  const std::string large(1U << 20U, 'x');
  const StubServer server([&](const std::string&) { return sized_answer(200, "", large); });
  HttpConnection connection;
  std::string body;
  {
    const FailingMemory failing(1U << 18U);
    EXPECT_THROW((void)connection.perform(request_to(server), {}, body), std::bad_alloc);
  }
  const auto answer = connection.perform(request_to(server), {}, body);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(body, large);
}

TEST(HttpConnectionTest, MemoryThatRunsOutWhileHeadersComeEndsOneRequest) {
  const std::string large(50'000, 'x');
  const StubServer server(
      [&](const std::string&) { return sized_answer(200, "X-Large: " + large + "\r\n", "body"); });
  HttpConnection connection;
  std::string body;
  {
    const FailingMemory failing(40'000);
    EXPECT_THROW((void)connection.perform(request_to(server), {}, body), std::bad_alloc);
  }
  const auto answer = connection.perform(request_to(server), {}, body);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->header("x-large"), large);
  EXPECT_EQ(body, "body");
}

TEST(HttpConnectionTest, ABodyAboveTheLimitIsAValue) {
  const StubServer server([](const std::string&) { return sized_answer(200, "", "123456"); });
  HttpConnection connection;
  HttpLimits limits;
  limits.body_bytes = 5;
  std::string body;
  const auto answer = connection.perform(request_to(server), limits, body);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, TransportFailure::Kind::kTooLarge);
  limits.body_bytes = 6;
  ASSERT_TRUE(connection.perform(request_to(server), limits, body));
  EXPECT_EQ(body, "123456");
}

TEST(HttpConnectionTest, WhatAnErrorSaysHasALimitOfItsOwn) {
  int status = 404;
  const StubServer server([&](const std::string&) { return sized_answer(status, "", "123456"); });
  HttpConnection connection;
  HttpLimits limits;
  limits.body_bytes = 5;
  limits.error_bytes = 6;
  std::string body;
  ASSERT_TRUE(connection.perform(request_to(server), limits, body));
  EXPECT_EQ(body, "123456");
  status = 200;
  EXPECT_FALSE(connection.perform(request_to(server), limits, body));
}

TEST(HttpConnectionTest, WhatAnnouncesTooMuchIsNotRead) {
  // Two bytes come, and no more: who reads on waits for nothing.
  const StubServer server(
      [](const std::string&) { return http_answer(200, "Content-Length: 1000000\r\n", "12"); });
  HttpConnection connection;
  HttpLimits limits;
  limits.body_bytes = 5;
  std::string body;
  const auto answer = connection.perform(request_to(server), limits, body);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, TransportFailure::Kind::kTooLarge);
}

TEST(HttpConnectionTest, ALengthThatIsNoNumberIsMalformed) {
  const StubServer server(
      [](const std::string&) { return http_answer(200, "Content-Length: many\r\n", "body"); });
  HttpConnection connection;
  std::string body;
  const auto answer = connection.perform(request_to(server), {}, body);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, TransportFailure::Kind::kMalformed) << answer.error().message;
}

}  // namespace
}  // namespace pomona
