// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/aws_signature.h"

#include <algorithm>

#include "pomona/base/digest.h"

namespace pomona {
namespace {

constexpr const char* kAlgorithm = "AWS4-HMAC-SHA256";

// "20261126T193000Z"
std::string basic_time(std::time_t now) {
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

// Names of the signed headers, and their canonical text.
struct SignedHeaders {
  std::string names;
  std::string text;
};

SignedHeaders canonical_headers(const HttpRequest& request) {
  auto sorted = request.headers;
  std::ranges::sort(sorted);
  SignedHeaders result;
  for (const auto& [name, value] : sorted) {
    result.names.append(result.names.empty() ? "" : ";").append(name);
    result.text.append(name).append(":").append(value).append("\n");
  }
  return result;
}

}  // namespace

void sign_request(HttpRequest& request, const S3Credentials& credentials, const std::string& region,
                  std::time_t now) {
  const std::string time = basic_time(now);
  const std::string date = time.substr(0, 8);
  const std::string body_digest = sha256(request.body);
  request.headers.emplace_back("host", request.host());
  request.headers.emplace_back("x-amz-content-sha256", body_digest);
  request.headers.emplace_back("x-amz-date", time);
  if (!credentials.session_token.empty()) {
    request.headers.emplace_back("x-amz-security-token", credentials.session_token);
  }
  const SignedHeaders headers = canonical_headers(request);
  const std::string canonical = request.method + "\n" + request.path + "\n" + request.query_text() +
                                "\n" + headers.text + "\n" + headers.names + "\n" + body_digest;
  const std::string scope = date + "/" + region + "/s3/aws4_request";
  const std::string to_sign =
      std::string(kAlgorithm) + "\n" + time + "\n" + scope + "\n" + sha256(canonical);
  std::string key = hmac_sha256("AWS4" + credentials.secret_access_key, date);
  for (const std::string& part : {region, std::string("s3"), std::string("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  request.headers.emplace_back(
      "authorization", std::string(kAlgorithm) + " Credential=" + credentials.access_key_id + "/" +
                           scope + ", SignedHeaders=" + headers.names +
                           ", Signature=" + hex(hmac_sha256(key, to_sign)));
}

}  // namespace pomona
