// SPDX-License-Identifier: Apache-2.0
// What a failed attempt means: whether the error is transient, what caused it, and what to do about
// this cause. The service's own sentence is part of the message. Pure; any thread.
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
    kCorrupt,   // the object itself is not what was stored
    kReplaced,  // the object is not the version asked for
    kTooLarge,
    kStopped,  // the caller asked to stop
    kOther,    // it will be answered the same again
  };
  Kind kind = Kind::kNone;
  std::string message;
  std::string advice = {};
  std::string code = {};    // "NoSuchKey"; "" where the service gives none
  std::string region = {};  // that the service expects, where it says so

  bool may_pass() const {
    return kind == Kind::kTransient || kind == Kind::kOverloaded || kind == Kind::kTimedOut ||
           kind == Kind::kDamaged;
  }
};

// What was asked for, as far as it explains a denial.
struct S3Asked {
  std::string permission;  // "s3:GetObject"
  bool is_signed = true;
  bool requester_pays = false;
};

S3Failure judge(const TransportFailure& failure);
S3Failure judge(const HttpAnswer& answer, const std::string& body, const S3Asked& asked);
S3Failure judge(int status, const S3Error& error, const S3Asked& asked);

// Of an answer with a status of success whose content is not what S3 sends.
S3Failure damaged(const std::string& what);

// Foreign text as part of a message: one line of UTF-8, at most 300 bytes.
std::string short_sentence(std::string_view text);

// As an Error of the kind that fits; `doing` is "reading s3://bucket/key".
[[noreturn]] void throw_failure(const std::string& doing, const S3Failure& failure, int attempts);

}  // namespace pomona
