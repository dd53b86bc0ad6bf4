// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_failure.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "pomona/base/error.h"
#include "pomona/base/unicode.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

using Kind = S3Failure::Kind;

struct CodeMeaning {
  std::string_view code;
  Kind kind;
  std::string_view advice = {};
};

constexpr std::string_view kFewerRequests = "the service asks for fewer requests; try again later";
constexpr std::string_view kServiceFails =
    "the fault is the service's; try again later, or ask who runs it";
constexpr std::string_view kNoRoom = "the service has no room left; free some, or raise the quota";
constexpr std::string_view kChangedOnTheWay =
    "what arrived is not what was sent; look for what changes requests between here and the "
    "service";

constexpr std::string_view kWrongClock =
    "the clock of this machine is wrong by more than a quarter of an hour; set it";

constexpr std::string_view kBucketInHost =
    "this service wants the bucket in the name of the host: give the AWS profile the lines `s3 =` "
    "and, indented, `addressing_style = virtual`";

// Amazon S3 API Reference, "List of error codes", and codes of other services: those that say more
// than their status.
constexpr std::array kMeanings = {
    CodeMeaning{"SlowDown", Kind::kOverloaded, kFewerRequests},
    CodeMeaning{"Throttling", Kind::kOverloaded, kFewerRequests},
    CodeMeaning{"RequestLimitExceeded", Kind::kOverloaded, kFewerRequests},
    CodeMeaning{"RequestTimeout", Kind::kTransient, kServiceFails},
    CodeMeaning{"InternalError", Kind::kTransient, kServiceFails},
    CodeMeaning{"OperationAborted", Kind::kTransient, kServiceFails},
    CodeMeaning{"ConditionalRequestConflict", Kind::kTransient, kServiceFails},
    CodeMeaning{"BadDigest", Kind::kTransient, kChangedOnTheWay},
    CodeMeaning{"IncompleteBody", Kind::kTransient, kChangedOnTheWay},
    CodeMeaning{"XAmzContentSHA256Mismatch", Kind::kTransient, kChangedOnTheWay},
    CodeMeaning{"ExpiredToken", Kind::kExpired},
    CodeMeaning{"TokenRefreshRequired", Kind::kExpired},
    CodeMeaning{"NoSuchKey", Kind::kGone, "there is no object of this name, or no longer"},
    CodeMeaning{"NoSuchBucket", Kind::kGone,
                "check the name of the bucket, and that the endpoint is the service it lies in"},
    CodeMeaning{"NoSuchUpload", Kind::kGone, "another process has ended this upload; start again"},
    CodeMeaning{"PreconditionFailed", Kind::kReplaced},
    CodeMeaning{"RequestTimeTooSkewed", Kind::kDenied, kWrongClock},
    CodeMeaning{"RequestExpired", Kind::kDenied, kWrongClock},
    CodeMeaning{"InvalidAccessKeyId", Kind::kDenied,
                "this service does not know the access key; check AWS_ACCESS_KEY_ID or the profile "
                "(AWS_PROFILE), and that the endpoint is the service the key is for"},
    CodeMeaning{"SignatureDoesNotMatch", Kind::kDenied,
                "the secret key is not that of the access key, or a proxy changes requests on the "
                "way; check AWS_SECRET_ACCESS_KEY or the profile (AWS_PROFILE)"},
    CodeMeaning{"InvalidToken", Kind::kDenied,
                "the session token does not belong to the keys; check AWS_SESSION_TOKEN, and unset "
                "it where the keys are lasting ones"},
    CodeMeaning{"SecondLevelDomainForbidden", Kind::kOther, kBucketInHost},  // OSS
    CodeMeaning{"VirtualHostDomainRequired", Kind::kOther, kBucketInHost},   // OBS
    CodeMeaning{"InvalidObjectState", Kind::kOther,
                "it lies in an archive; restore it (aws s3api restore-object), or leave it out"},
    CodeMeaning{"NotImplemented", Kind::kOther, "this service does not have this operation"},
    CodeMeaning{"QuotaExceeded", Kind::kOther, kNoRoom},
    CodeMeaning{"XMinioStorageFull", Kind::kOther, kNoRoom},
    CodeMeaning{"InsufficientStorage", Kind::kOther, kNoRoom},
};

const CodeMeaning* meaning_of(std::string_view code) {
  const auto* meaning = std::ranges::find(kMeanings, code, &CodeMeaning::code);
  return meaning == kMeanings.end() ? nullptr : meaning;
}

Kind kind_of(int status) {
  if (status == 429 || status == 503) return Kind::kOverloaded;
  if (status == 501 || status == 505 || status == 507) return Kind::kOther;
  if (status == 408 || status == 409 || status >= 500) return Kind::kTransient;
  if (status == 404) return Kind::kGone;
  if (status == 401 || status == 403) return Kind::kDenied;
  if (status == 412) return Kind::kReplaced;
  return Kind::kOther;
}

bool contains(std::string_view text, std::string_view part) {
  return ascii_lower(text).find(ascii_lower(part)) != std::string::npos;
}

std::string advice_on_denial(const S3Error& error, const S3Asked& asked) {
  if (contains(error.message, "kms")) {
    return "the key that encrypts it (KMS) is not open to these credentials; ask its owner";
  }
  if (!asked.is_signed) {
    return "without a signature the service gives only what is public; set sign_requests, and give "
           "credentials";
  }
  if (!error.code.empty() && error.code != "AccessDenied") {
    return "the reason is one that only who runs the service, or owns the account, can remove";
  }
  std::string pays = "set requester_pays where whoever reads pays for the bucket's requests";
  if (contains(error.message, "requester pays")) return pays;
  const std::string whether =
      error.code.empty()
          ? "no reason is given: check that the endpoint is the service meant, and ask the owner "
            "of "
            "the bucket for "
          : "the credentials are known, but may not do this; ask the owner of the bucket for ";
  return whether + asked.permission + (asked.requester_pays ? "" : ", or " + pays);
}

std::string advice_on(int status, const S3Error& error, const S3Asked& asked) {
  if (error.code.starts_with("KMS.")) {
    return "the key that encrypts it (KMS) cannot be used; the owner of the key can help";
  }
  switch (status) {
    case 401:
    case 403: return advice_on_denial(error, asked);
    case 404:
      return error.code.empty()
                 ? "there is no such object or bucket, or the endpoint is not that of the service"
                 : "check the name";
    case 407: return "the proxy wants a name and password; give them in HTTPS_PROXY or HTTP_PROXY";
    case 405:
    case 501: return "this service does not have this operation";
    case 429:
    case 503: return std::string(kFewerRequests);
    case 507: return std::string(kNoRoom);
    default: break;
  }
  if (status >= 500 || status == 408 || status == 409) return std::string(kServiceFails);
  return "the service answers so every time; what it says is all that is known";
}

// What stands in for a code where the answer has none.
std::string text_of(const std::string& body) {
  if (body.empty()) return "";
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return "";
  if (body[start] != '<') return " \"" + short_sentence(body) + "\"";
  return contains(std::string_view(body).substr(0, 300), "<html") ? ", with a page of HTML" : "";
}

std::string default_advice(Kind kind) {
  switch (kind) {
    case Kind::kExpired: return "the credentials have expired; renew them";
    case Kind::kReplaced: return "it was replaced since it was listed or opened; start again";
    case Kind::kTooLarge: return "it is larger than the limit";
    case Kind::kCorrupt: return "the object is damaged where it lies; write it anew";
    default: return "";
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
    case Kind::kDamaged:
    case Kind::kCorrupt: return ErrorKind::kCorrupt;
    default: return ErrorKind::kUnavailable;
  }
}

}  // namespace

std::string short_sentence(std::string_view text) {
  constexpr std::size_t kMost = 300;
  std::string line;
  for (const char c : text) {
    const bool is_blank = (c >= '\0' && c <= ' ') || c == '\x7f';
    if (!is_blank) {
      line += c == '"' ? '\'' : c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    if (line.size() > kMost + 4) break;
  }
  if (line.ends_with(' ')) line.pop_back();
  if (line.size() > kMost) {
    std::size_t end = kMost;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    line = line.substr(0, end) + "…";
  }
  return is_utf8(line) ? line : "text that is not UTF-8";
}

S3Failure judge(const TransportFailure& failure) {
  using Cause = TransportFailure::Kind;
  switch (failure.kind) {
    case Cause::kNoHost:
      return {Kind::kTransient, failure.message,
              "no host of this name is known here; check how the endpoint (for AWS: the region) is "
              "written, and the name service of this machine"};
    case Cause::kConnect:
      return {Kind::kTransient, failure.message,
              "nothing answers at this address; check host and port of the endpoint, and that the "
              "service runs"};
    case Cause::kNoConnection:
      return {Kind::kTimedOut, failure.message,
              "the host does not answer; check host and port of the endpoint, and whether a "
              "firewall or a proxy (HTTPS_PROXY) lies between"};
    case Cause::kTimeOut:
      return {Kind::kTimedOut, failure.message,
              "the connection stands, but data come too slowly; try again when it is faster"};
    case Cause::kCut:
      return {Kind::kTransient, failure.message,
              "the connection broke; try again. Where it breaks every time, check whether the "
              "endpoint is http:// or https://, and look for what ends connections on the way"};
    case Cause::kNoTls:
      return {Kind::kTransient, failure.message,
              "what answers there does not speak TLS as this machine does; check whether the "
              "endpoint is http:// or https://, and its port"};
    case Cause::kCertificate:
      return {Kind::kOther, failure.message,
              "this machine does not trust the certificate; give the authority that signed it in "
              "AWS_CA_BUNDLE, as ca_bundle of the profile, or in SSL_CERT_FILE"};
    case Cause::kNoCertificates:
      return {
          Kind::kOther, failure.message,
          "the certificates in AWS_CA_BUNDLE, ca_bundle of the profile, or SSL_CERT_FILE cannot "
          "be read; expected a file in PEM form"};
    case Cause::kTooLarge: return {Kind::kTooLarge, failure.message};
    case Cause::kStopped: return {Kind::kStopped, "stopped as asked"};
    case Cause::kMalformed:
      return {Kind::kDamaged, failure.message,
              "what answers there does not speak HTTP; check host and port of the endpoint"};
    case Cause::kOther: break;
  }
  return {Kind::kOther, failure.message, "check how the endpoint is written"};
}

S3Failure judge(const HttpAnswer& answer, const std::string& body, const S3Asked& asked) {
  if (answer.status >= 200 && answer.status < 300) return {};
  const std::optional<S3Error> parsed = parse_s3_error(body);
  S3Error error = parsed.value_or(S3Error{});
  if (const std::string region = answer.header("x-amz-bucket-region"); !region.empty()) {
    error.region = region;
  }
  S3Failure failure = judge(answer.status, error, asked);
  if (!parsed) failure.message += text_of(body);
  return failure;
}

S3Failure judge(int status, const S3Error& error, const S3Asked& asked) {
  S3Failure failure;
  failure.code = error.code;
  failure.region = error.region;
  failure.message = "HTTP status " + std::to_string(status);
  if (!error.code.empty()) failure.message += ", " + short_sentence(error.code);
  if (!error.message.empty()) failure.message += " \"" + short_sentence(error.message) + "\"";
  const CodeMeaning* meaning = meaning_of(error.code);
  failure.kind = meaning != nullptr ? meaning->kind : kind_of(status);
  if (status == 301 || status == 307) {
    failure.kind = Kind::kOther;
    failure.message += ": the bucket lies in " +
                       (error.region.empty() ? "another region" : "region " + error.region);
    failure.advice = "give the endpoint of that region";
  } else if (error.code == "AuthorizationHeaderMalformed" && !error.region.empty()) {
    failure.advice = "set AWS_REGION to the region that the service expects";
  } else if (meaning != nullptr && !meaning->advice.empty()) {
    failure.advice = meaning->advice;
  } else if (failure.kind != Kind::kExpired && failure.kind != Kind::kReplaced) {
    failure.advice = advice_on(status, error, asked);
  }
  return failure;
}

S3Failure damaged(const std::string& what) {
  return {Kind::kDamaged, what,
          "check that the endpoint is that of the service, not of its web page, and that nothing "
          "on the way changes its answers"};
}

void throw_failure(const std::string& doing, const S3Failure& failure, int attempts) {
  std::string message = doing + ": " + failure.message;
  if (failure.kind == Kind::kStopped) throw Error(ErrorKind::kInterrupted, message);
  if (attempts > 1) message += ", after " + std::to_string(attempts) + " attempts";
  const std::string advice = failure.advice.empty() ? default_advice(failure.kind) : failure.advice;
  if (!advice.empty()) message += "; " + advice;
  throw Error(error_kind(failure.kind), message);
}

}  // namespace pomona
