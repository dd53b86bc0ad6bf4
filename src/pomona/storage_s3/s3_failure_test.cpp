// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = S3Failure::Kind;

std::string said_of(const S3Failure& failure) {
  try {
    throw_failure("reading it", failure, 1);
  } catch (const Error& error) {
    return std::string(error_kind_name(error.kind())) + ": " + error.what();
  }
}

std::string said_of(int status, const std::string& code, const std::string& message = "",
                    const S3Asked& asked = {"s3:GetObject"}) {
  return said_of(judge(status, S3Error{code, message, ""}, asked));
}

TEST(S3FailureTest, AdviceOnADenialFollowsFromItsCode) {
  EXPECT_THAT(said_of(403, "AccessDenied", "Access Denied"),
              AllOf(HasSubstr("denied: reading it"), HasSubstr("AccessDenied \"Access Denied\""),
                    HasSubstr("s3:GetObject"), HasSubstr("requester_pays")));
  EXPECT_THAT(said_of(403, "AccessDenied", "", {"s3:GetObject", true, true}),
              AllOf(HasSubstr("s3:GetObject"), Not(HasSubstr("requester_pays"))));
  EXPECT_THAT(said_of(403, "AccessDenied", "This is a Requester Pays bucket"),
              AllOf(HasSubstr("requester_pays"), Not(HasSubstr("ask the owner"))));
  EXPECT_THAT(said_of(403, "AccessDenied", "", {"s3:GetObject", false, false}),
              AllOf(HasSubstr("sign_requests"), Not(HasSubstr("ask the owner"))));
  EXPECT_THAT(said_of(403, "AccessDenied", "not authorized to perform: kms:Decrypt"),
              AllOf(HasSubstr("KMS"), Not(HasSubstr("requester_pays"))));
  EXPECT_THAT(said_of(403, "RequestTimeTooSkewed"), HasSubstr("clock"));
  EXPECT_THAT(said_of(403, "AccountProblem"),
              AllOf(HasSubstr("owns the account"), Not(HasSubstr("s3:GetObject"))));
  EXPECT_THAT(said_of(403, ""), HasSubstr("no reason is given"));
}

TEST(S3FailureTest, WhatStaysSoIsNotRetried) {
  for (const int status : {400, 401, 403, 404, 405, 412, 501, 505, 507}) {
    EXPECT_FALSE(judge(status, S3Error{}, {}).may_pass()) << status;
  }
  for (const int status : {408, 409, 429, 500, 502, 503, 504}) {
    EXPECT_TRUE(judge(status, S3Error{}, {}).may_pass()) << status;
  }
  for (const char* code : {"InvalidObjectState", "KMS.DisabledException", "NotImplemented"}) {
    EXPECT_FALSE(judge(403, S3Error{code, "", ""}, {}).may_pass()) << code;
  }
  for (const char* code : {"BadDigest", "IncompleteBody", "RequestTimeout", "SlowDown"}) {
    EXPECT_TRUE(judge(400, S3Error{code, "", ""}, {}).may_pass()) << code;
  }
}

TEST(S3FailureTest, AdviceOnTheNetworkFollowsFromWhatItDid) {
  using Cause = TransportFailure::Kind;
  const auto said_of_cause = [](Cause cause) {
    return said_of(judge(TransportFailure{cause, "the words of libcurl"}));
  };
  EXPECT_THAT(said_of_cause(Cause::kNoHost), HasSubstr("no host of this name"));
  EXPECT_THAT(said_of_cause(Cause::kConnect), HasSubstr("nothing answers at this address"));
  EXPECT_THAT(said_of_cause(Cause::kNoConnection),
              AllOf(HasSubstr("timed_out"), HasSubstr("firewall")));
  EXPECT_THAT(said_of_cause(Cause::kTimeOut),
              AllOf(HasSubstr("timed_out"), HasSubstr("too slowly")));
  EXPECT_THAT(said_of_cause(Cause::kCertificate), HasSubstr("AWS_CA_BUNDLE"));
  EXPECT_THAT(said_of_cause(Cause::kMalformed), HasSubstr("does not speak HTTP"));
  EXPECT_THAT(said_of_cause(Cause::kStopped), HasSubstr("interrupted"));
}

TEST(S3FailureTest, AnswersThatAreNoXml) {
  const auto said_of_body = [](const std::string& body) {
    return said_of(judge(HttpAnswer{403, {}}, body, {"s3:GetObject"}));
  };
  EXPECT_THAT(said_of_body(R"({"error": "Unauthorized"})"),
              HasSubstr("HTTP status 403 \"{'error': 'Unauthorized'}\""));
  EXPECT_THAT(said_of_body("<HTML><body>proxy</body></HTML>"), HasSubstr("with a page of HTML"));
  EXPECT_THAT(said_of_body(""), HasSubstr("HTTP status 403;"));
}

TEST(S3FailureTest, ForeignSentencesAreShortLines) {
  EXPECT_EQ(short_sentence("  one\n\ttwo\x01 \"three\" "), "one two 'three'");
  const std::string cut = short_sentence(std::string(299, 'x') + "éé");
  EXPECT_EQ(cut, std::string(299, 'x') + "…");
  EXPECT_EQ(short_sentence("\xff"), "text that is not UTF-8");
}

}  // namespace
}  // namespace pomona
