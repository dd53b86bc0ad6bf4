// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_failure.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using Kind = S3Failure::Kind;

struct CodeMeaning {
  std::string_view code;
  Kind kind;
};

// Amazon S3 API Reference, "List of error codes": those that tell more than their status.
constexpr std::array kMeanings = {
    CodeMeaning{"SlowDown", Kind::kOverloaded},
    CodeMeaning{"Throttling", Kind::kOverloaded},
    CodeMeaning{"RequestLimitExceeded", Kind::kOverloaded},
    CodeMeaning{"RequestTimeout", Kind::kTransient},
    CodeMeaning{"InternalError", Kind::kTransient},
    CodeMeaning{"OperationAborted", Kind::kTransient},
    CodeMeaning{"ConditionalRequestConflict", Kind::kTransient},
    CodeMeaning{"ExpiredToken", Kind::kExpired},
    CodeMeaning{"TokenRefreshRequired", Kind::kExpired},
    CodeMeaning{"NoSuchKey", Kind::kGone},
    CodeMeaning{"NoSuchBucket", Kind::kGone},
    CodeMeaning{"NoSuchUpload", Kind::kGone},
    CodeMeaning{"PreconditionFailed", Kind::kReplaced},
};

Kind kind_of(int status, std::string_view code) {
  const auto* meaning = std::ranges::find(kMeanings, code, &CodeMeaning::code);
  if (meaning != kMeanings.end()) return meaning->kind;
  if (status == 429 || status == 503) return Kind::kOverloaded;
  if (status == 408 || status == 409 || status >= 500) return Kind::kTransient;
  if (status == 404) return Kind::kGone;
  if (status == 401 || status == 403) return Kind::kDenied;
  if (status == 412) return Kind::kReplaced;
  return Kind::kOther;
}

std::string advice(const S3Failure& failure) {
  if (failure.message.find("RequestTimeTooSkewed") != std::string::npos) {
    return "the clock of this machine is wrong by more than a quarter of an hour; set it";
  }
  switch (failure.kind) {
    case Kind::kExpired: return "the credentials have expired; renew them";
    case Kind::kGone: return "check the name of the bucket and of the object";
    case Kind::kDenied: return "check the credentials and what they may do with this bucket";
    case Kind::kReplaced: return "it was replaced since it was listed or opened; start again";
    case Kind::kOverloaded: return "the service asks for fewer requests; try again later";
    case Kind::kTimedOut: return "check the endpoint and the network, and try again";
    case Kind::kTooLarge: return "it is larger than the limit";
    case Kind::kDamaged:
      return "check that the endpoint speaks S3 and that nothing on the way changes its answers; "
             "where both are right, the object is damaged";
    default: return "check the endpoint, the region and the network, and try again";
  }
}

ErrorKind error_kind(Kind kind) {
  switch (kind) {
    case Kind::kGone: return ErrorKind::kNotFound;
    case Kind::kDenied:
    case Kind::kExpired: return ErrorKind::kDenied;
    case Kind::kTimedOut: return ErrorKind::kTimedOut;
    case Kind::kReplaced: return ErrorKind::kReplaced;
    case Kind::kTooLarge: return ErrorKind::kInvalidInput;
    case Kind::kDamaged: return ErrorKind::kCorrupt;
    default: return ErrorKind::kUnavailable;
  }
}

}  // namespace

S3Failure judge(const TransportFailure& failure) {
  switch (failure.kind) {
    case TransportFailure::Kind::kTimeOut: return {Kind::kTimedOut, failure.message};
    case TransportFailure::Kind::kTooLarge: return {Kind::kTooLarge, failure.message};
    case TransportFailure::Kind::kStopped: return {Kind::kStopped, "stopped as asked"};
    case TransportFailure::Kind::kMalformed: return {Kind::kDamaged, failure.message};
    case TransportFailure::Kind::kOther: return {Kind::kOther, failure.message};
    default: return {Kind::kTransient, failure.message};
  }
}

S3Failure judge(const HttpAnswer& answer, const std::string& body) {
  if (answer.status >= 200 && answer.status < 300) return {};
  S3Error error = parse_s3_error(body).value_or(S3Error{});
  if (const std::string region = answer.header("x-amz-bucket-region"); !region.empty()) {
    error.region = region;
  }
  return judge(answer.status, error);
}

S3Failure judge(int status, const S3Error& error) {
  std::string message = "HTTP status " + std::to_string(status);
  if (!error.code.empty()) message += ", " + error.code;
  if (status == 301 || status == 307) {
    return {Kind::kOther, message + ": the bucket lies in " +
                              (error.region.empty() ? "another region" : "region " + error.region)};
  }
  return {kind_of(status, error.code), message};
}

void throw_failure(const std::string& doing, const S3Failure& failure, int attempts) {
  std::string message = doing + ": " + failure.message;
  if (failure.kind == Kind::kStopped) throw Error(ErrorKind::kInterrupted, message);
  if (attempts > 1) message += ", after " + std::to_string(attempts) + " attempts";
  throw Error(error_kind(failure.kind), message + "; " + advice(failure));
}

}  // namespace pomona
