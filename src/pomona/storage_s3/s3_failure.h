// SPDX-License-Identifier: Apache-2.0
// What a failed attempt means: whether the error is transient, and what to say when it does not.
#pragma once

#include <string>

#include "pomona/http/http_connection.h"
#include "pomona/storage_s3/s3_answer.h"

namespace pomona {

struct S3Failure {
  enum class Kind {
    kNone,        // an answer that is none
    kTransient,   // a lost connection, an error of the service: try again
    kOverloaded,  // the service asks for fewer requests: try again, later
    kTimedOut,    // no answer in time: try again
    kExpired,     // credentials that were valid once: try again with new ones
    kGone,        // no such object or bucket
    kDenied,
    kDamaged,   // the answer is not what S3 sends, or not what was stored: try again
    kReplaced,  // the object is not the version asked for
    kTooLarge,
    kStopped,  // the caller asked to stop
    kOther,    // it will be answered the same again
  };
  Kind kind = Kind::kNone;
  std::string message;

  bool may_pass() const {
    return kind == Kind::kTransient || kind == Kind::kOverloaded || kind == Kind::kTimedOut ||
           kind == Kind::kDamaged;
  }
};

S3Failure judge(const TransportFailure& failure);
S3Failure judge(const HttpAnswer& answer, const std::string& body);
S3Failure judge(int status, const S3Error& error);

// As an Error of the kind that fits; `doing` is "reading s3://bucket/key".
[[noreturn]] void throw_failure(const std::string& doing, const S3Failure& failure, int attempts);

}  // namespace pomona
