// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_transport.h"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/digest.h"
#include "pomona/base/number_text.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// An error may come with a status of success.
constexpr std::uint64_t kLeastBodyBytes = 64ULL << 10U;

void sleep(milliseconds delay, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, delay, [] { return false; });
}

milliseconds retry_after(const HttpAnswer& answer) {
  const std::uint64_t seconds = parse_count(answer.header("retry-after")).value_or(0);
  return milliseconds{1000 * std::min<std::uint64_t>(seconds, 3600)};
}

// Each partition of AWS has a domain of its own.
std::string domain_of(const std::string& region) {
  if (region.starts_with("cn-")) return ".amazonaws.com.cn";
  if (region.starts_with("eusc-")) return ".amazonaws.eu";
  return ".amazonaws.com";
}

// Where the path of "https://host:port/path" begins.
std::size_t path_begin(const std::string& endpoint) {
  return std::min(endpoint.find('/', endpoint.find("://") + 3), endpoint.size());
}

void hide(std::string& text, std::string_view secret) {
  constexpr std::size_t kLeast = 4;  // what is shorter stands in any text
  if (secret.size() < kLeast) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
  }
}

// A signature, or another digest: 64 digits in a row.
void hide_signatures(std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kHidden = "***";
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find_first_not_of(kDigits, at), text.size());
    if (end - at >= 64) {
      text.replace(at, end - at, kHidden);
      end = at + kHidden.size();
    }
    at = std::min(text.find_first_of(kDigits, end), text.size());
  }
}

}  // namespace

std::vector<int> not_there() { return {400, 405, 501}; }

bool is_not_there(const HttpAnswer& answer) {
  return std::ranges::count(not_there(), answer.status) > 0;
}

void S3Options::check() const {
  check_given("region", !region.empty(), "the region of the bucket, or us-east-1");
  check_range("most_in_flight", most_in_flight, 1, 1024);
  retry.check();
  limits.check();
}

S3Transport::S3Transport(S3Options options, std::string bucket, S3CredentialsSource credentials)
    : options_(std::move(options)),
      bucket_(std::move(bucket)),
      credentials_(std::move(credentials)),
      in_flight_(options_.most_in_flight) {
  options_.check();
}

S3Transport::~S3Transport() = default;

HttpRequest S3Transport::request(const std::string& method, const std::string& key) const {
  HttpRequest request;
  request.method = method;
  const bool is_aws = options_.endpoint.empty();
  const std::string endpoint =
      is_aws ? "https://s3." + options_.region + domain_of(options_.region) : options_.endpoint;
  const std::size_t path = path_begin(endpoint);
  request.origin = endpoint.substr(0, path);
  request.path = endpoint.substr(path);
  // A certificate for *.s3… does not fit a bucket with a dot in its name.
  if ((is_aws || options_.virtual_host) && bucket_.find('.') == std::string::npos) {
    request.origin.insert(request.origin.find("://") + 3, bucket_ + ".");
    request.path += "/" + percent_encode(key, /*keep_slash=*/true);
  } else {
    request.path += "/" + bucket_;
    if (!key.empty()) request.path += "/" + percent_encode(key, /*keep_slash=*/true);
  }
  if (options_.requester_pays) request.headers.emplace_back("x-amz-request-payer", "requester");
  return request;
}

std::unique_ptr<HttpConnection> S3Transport::take_connection() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<HttpConnection>(options_.certificates);
  std::unique_ptr<HttpConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void S3Transport::give_back(std::unique_ptr<HttpConnection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

S3Asked S3Transport::asked(const S3Call& call) const {
  return {call.permission, options_.sign_requests, options_.requester_pays};
}

S3Failure S3Transport::judge_answer(const S3Call& call, const HttpAnswer& answer,
                                    const std::string& body) const {
  return judge(answer, body, asked(call));
}

S3Failure S3Transport::judge_error(const S3Call& call, const S3Error& error) const {
  constexpr int kDenied = 403;  // most of what one object is refused for
  return judge(kDenied, error, asked(call));
}

// Messages end up in logs.
void S3Transport::fail(const S3Call& call, S3Failure failure, int attempts) const {
  if (options_.sign_requests) {
    const S3Credentials credentials = credentials_(/*renew=*/false);
    hide(failure.message, credentials.secret_access_key);
    hide(failure.message, credentials.session_token);
    hide_signatures(failure.message);
  }
  throw_failure(call.doing, failure, attempts);
}

expected<HttpAnswer, TransportFailure> S3Transport::attempt(const S3Call& call,
                                                            const Attempts& attempts,
                                                            const S3Credentials& credentials,
                                                            std::string& body) {
  HttpRequest request = call.request;
  if (options_.sign_requests) {
    sign_request(request, credentials, options_.region, std::time(nullptr));
  }
  HttpLimits limits = options_.limits;
  limits.total = std::clamp(attempts.time_left(), milliseconds{1}, limits.total);
  limits.connect = std::min(limits.connect, limits.total);
  if (!call.even_when_stopped) limits.stop = options_.stop;
  if (call.answered_late) limits.stall = duration_cast<std::chrono::seconds>(limits.total);
  limits.body_bytes = std::max(call.max_bytes, kLeastBodyBytes);
  limits.error_bytes = S3Call::kMaxXmlBytes;
  std::unique_ptr<HttpConnection> connection = take_connection();
  auto answer = connection->perform(request, limits, body);
  // A connection that failed half-way is not to be trusted.
  if (answer) give_back(std::move(connection));
  return answer;
}

HttpAnswer S3Transport::send(const S3Call& call, std::string& body) {
  Attempts attempts(options_.retry,
                    hash_text(call.doing + random_name(), /*seed=*/0));  // machines in no step
  const std::stop_token stop = call.even_when_stopped ? std::stop_token() : options_.stop;
  bool renew = false;
  for (;;) {
    const S3Credentials credentials =
        options_.sign_requests ? credentials_(renew) : S3Credentials{};
    S3Failure failure;
    const auto answer = [&] {
      InFlightLimit::Slot slot(in_flight_);
      auto result = attempt(call, attempts, credentials, body);
      failure = result ? judge_answer(call, *result, body) : judge(result.error());
      if (failure.kind == S3Failure::Kind::kOverloaded) slot.set_overloaded();
      return result;
    }();
    const bool is_final = !failure.may_pass() && failure.kind != S3Failure::Kind::kExpired;
    if (answer && is_final && std::ranges::count(call.answers, answer->status) > 0) return *answer;
    if (answer && failure.kind == S3Failure::Kind::kNone) {
      failure = call.flaw ? call.flaw(*answer, body) : S3Failure{};
      if (failure.kind == S3Failure::Kind::kNone) return *answer;
      // An error of the service may come with a status of success.
      if (const auto error = parse_s3_error(body)) {
        failure = judge(answer->status, *error, asked(call));
        if (failure.kind == S3Failure::Kind::kOther) failure.kind = S3Failure::Kind::kTransient;
      }
    }
    renew = failure.kind == S3Failure::Kind::kExpired && !renew;
    if (stop.stop_requested()) failure = {S3Failure::Kind::kStopped, "stopped as asked"};
    const milliseconds delay = attempts.next_delay(answer ? retry_after(*answer) : milliseconds{0});
    if ((!failure.may_pass() && !renew) || delay < milliseconds{0}) {
      fail(call, std::move(failure), attempts.made());
    }
    sleep(delay, stop);
  }
}

}  // namespace pomona
