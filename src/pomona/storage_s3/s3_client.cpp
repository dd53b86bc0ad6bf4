// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_client.h"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <utility>

#include "pomona/base/base64.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/storage/etag.h"
#include "pomona/storage_s3/regions.h"
#include "pomona/storage_s3/s3_damage.h"
#include "pomona/storage_s3/s3_failure.h"

namespace pomona {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::uint64_t kMaxXmlBytes = 16ULL << 20U;

std::string byte_range(std::uint64_t first, std::uint64_t count) {
  return "bytes=" + std::to_string(first) + "-" + std::to_string(first + count - 1);
}

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

}  // namespace

// What is sent, and when its answer will do.
struct S3Client::Call {
  std::string doing;  // "reading s3://bucket/key"
  HttpRequest request;
  std::uint64_t max_bytes = kMaxXmlBytes;
  // Statuses besides 2xx that are an answer and no error.
  std::vector<int> answers;
  bool even_when_stopped = false;
  bool answered_late = false;  // once the service has moved bytes of its own
  // What is wrong with a 2xx answer, "" when nothing is; the request is then retried.
  std::function<std::string(const HttpAnswer&, const std::string& body)> flaw;
};

S3Client::S3Client(S3Options options, std::string bucket, S3CredentialsSource credentials)
    : options_(std::move(options)),
      bucket_(std::move(bucket)),
      credentials_(std::move(credentials)),
      in_flight_(options_.most_in_flight) {}

S3Client::~S3Client() = default;

std::string S3Client::url(const std::string& key) const { return "s3://" + bucket_ + "/" + key; }

HttpRequest S3Client::request(const std::string& method, const std::string& key) const {
  HttpRequest request;
  request.method = method;
  const std::string key_path = "/" + percent_encode(key, /*keep_slash=*/true);
  // A certificate for *.s3… does not fit a bucket with a dot in its name.
  if (!options_.endpoint.empty() || bucket_.find('.') != std::string::npos) {
    request.origin = options_.endpoint.empty() ? "https://s3." + options_.region + ".amazonaws.com"
                                               : options_.endpoint;
    request.path = "/" + bucket_ + (key.empty() ? "" : key_path);
  } else {
    request.origin = "https://" + bucket_ + ".s3." + options_.region + ".amazonaws.com";
    request.path = key_path;
  }
  return request;
}

std::unique_ptr<HttpConnection> S3Client::take_connection() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<HttpConnection>();
  std::unique_ptr<HttpConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void S3Client::give_back(std::unique_ptr<HttpConnection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

expected<HttpAnswer, TransportFailure> S3Client::attempt(const Call& call, const Attempts& attempts,
                                                         const S3Credentials& credentials,
                                                         std::string& body) {
  HttpRequest request = call.request;
  sign_request(request, credentials, options_.region, std::time(nullptr));
  HttpLimits limits = options_.limits;
  limits.total = std::clamp(attempts.time_left(), milliseconds{1}, limits.total);
  limits.connect = std::min(limits.connect, limits.total);
  if (!call.even_when_stopped) limits.stop = options_.stop;
  if (call.answered_late) limits.stall = duration_cast<std::chrono::seconds>(limits.total);
  limits.body_bytes = std::max(call.max_bytes, kMaxXmlBytes);
  std::unique_ptr<HttpConnection> connection = take_connection();
  auto answer = connection->perform(request, limits, body);
  // A connection that failed half-way is not to be trusted.
  if (answer) give_back(std::move(connection));
  return answer;
}

HttpAnswer S3Client::send(const Call& call, std::string& body) {
  Attempts attempts(options_.retry,
                    hash_text(call.doing + random_name(), /*seed=*/0));  // machines in no step
  const std::stop_token stop = call.even_when_stopped ? std::stop_token() : options_.stop;
  bool renew = false;
  for (;;) {
    const S3Credentials credentials = credentials_(renew);
    S3Failure failure;
    const auto answer = [&] {
      InFlightLimit::Slot slot(in_flight_);
      auto result = attempt(call, attempts, credentials, body);
      failure = result ? judge(*result, body) : judge(result.error());
      if (failure.kind == S3Failure::Kind::kOverloaded) slot.set_overloaded();
      return result;
    }();
    if (answer && std::ranges::count(call.answers, answer->status) > 0) return *answer;
    if (answer && failure.kind == S3Failure::Kind::kNone) {
      const std::string flaw = call.flaw ? call.flaw(*answer, body) : "";
      if (flaw.empty()) return *answer;
      // An error of the service may come with a status of success.
      const bool is_error = parse_s3_error(body).has_value();
      failure = {is_error ? S3Failure::Kind::kTransient : S3Failure::Kind::kDamaged, flaw};
    }
    renew = failure.kind == S3Failure::Kind::kExpired && !renew;
    if (stop.stop_requested()) failure = {S3Failure::Kind::kStopped, "stopped as asked"};
    const milliseconds delay = attempts.next_delay(answer ? retry_after(*answer) : milliseconds{0});
    if ((!failure.may_pass() && !renew) || delay < milliseconds{0}) {
      throw_failure(call.doing, failure, attempts.made());
    }
    sleep(delay, stop);
  }
}

template <class Parse>
auto S3Client::send_for(Call call, const Parse& parse) {
  decltype(parse(std::string())) result;
  call.flaw = [&](const HttpAnswer&, const std::string& body) -> std::string {
    result = parse(body);
    return result ? "" : "its answer is cut short, or an error";
  };
  std::string body;
  send(call, body);
  return std::move(result).value_or(typename decltype(result)::value_type());
}

std::string S3Client::check_bucket() {
  for (bool moved = false;; moved = true) {
    Call call{"opening s3://" + bucket_, request("HEAD", "")};
    call.answers = {301, 307, 400};
    std::string body;
    const HttpAnswer answer = send(call, body);
    const std::string region = answer.header("x-amz-bucket-region");
    if (answer.status < 300) return region;
    // The region becomes part of a host's name.
    if (moved || !options_.endpoint.empty() || !is_region_name(region) ||
        region == options_.region) {
      throw_failure(call.doing, judge(answer, body), 1);
    }
    options_.region = region;
  }
}

S3ObjectInfo S3Client::get(const std::string& key, const S3GetOptions& options, std::string& body) {
  Call call{"reading " + url(key), request("GET", key)};
  call.max_bytes = options.max_bytes;
  if (!options.if_match.empty()) call.request.headers.emplace_back("if-match", options.if_match);
  if (options.range) {
    const auto [first, count] = *options.range;
    call.request.headers.emplace_back("range", byte_range(first, count));
  } else {
    call.request.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
  }
  call.flaw = [&](const HttpAnswer& answer, const std::string& got) {
    return damage_of_content(answer, options, got);
  };
  const HttpAnswer answer = send(call, body);
  if (body.size() > options.max_bytes) {
    throw Error(ErrorKind::kInvalidInput, call.doing + ": it has more than the limit of " +
                                              std::to_string(options.max_bytes) + " bytes");
  }
  return {object_size(answer, body.size()), answer.header("etag")};
}

S3ObjectInfo S3Client::get_tail(const std::string& key, std::uint64_t count, std::string& body) {
  Call call{"reading " + url(key), request("GET", key)};
  call.request.headers.emplace_back("range", "bytes=-" + std::to_string(count));
  call.max_bytes = count;
  call.answers = {416};  // of an empty object
  call.flaw = [&](const HttpAnswer& answer, const std::string& got) {
    return damage_of_tail(answer, count, got);
  };
  const HttpAnswer answer = send(call, body);
  if (answer.status != 416) return {object_size(answer, body.size()), answer.header("etag")};
  body.clear();
  const std::optional<std::uint64_t> size = size_out_of_range(answer);
  if (!size) throw_failure(call.doing, {S3Failure::Kind::kDamaged, "its size is no number"}, 1);
  return {*size, answer.header("etag")};
}

std::optional<S3ObjectInfo> S3Client::head(const std::string& key) {
  Call call{"looking for " + url(key), request("HEAD", key)};
  call.answers = {404};
  call.flaw = [](const HttpAnswer& answer, const std::string&) -> std::string {
    return announced_size(answer) ? "" : "its Content-Length is no number of bytes";
  };
  std::string body;
  const HttpAnswer answer = send(call, body);
  if (answer.status == 404) return std::nullopt;
  return S3ObjectInfo{announced_size(answer).value_or(0), answer.header("etag")};
}

void S3Client::put(const std::string& key, std::string_view body) {
  Call call{"writing " + url(key), request("PUT", key)};
  call.request.body = body;
  call.request.headers.emplace_back("x-amz-checksum-sha256", base64(sha256_bytes(body)));
  std::string answer;
  send(call, answer);
}

bool S3Client::put_if_absent(const std::string& key, std::string_view body) {
  Call call{"writing " + url(key), request("PUT", key)};
  call.request.body = body;
  call.request.headers.emplace_back("if-none-match", "*");
  call.answers = {412};
  std::string answer_body;
  const HttpAnswer answer = send(call, answer_body);
  if (answer.status != 412) return true;
  // An earlier attempt may have arrived although its answer was lost: what lies there decides.
  std::string there;
  try {
    get(key, {}, there);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kNotFound) return false;  // removed since
    throw;
  }
  return there == body;
}

void S3Client::remove(const std::string& key) {
  Call call{"removing " + url(key), request("DELETE", key)};
  call.answers = {404};
  std::string body;
  send(call, body);
}

void S3Client::remove_all(const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  const std::string xml = delete_objects_xml(keys);
  Call call{"removing " + std::to_string(keys.size()) + " objects like " + url(keys.front()),
            request("POST", "")};
  call.request.query = {{"delete", ""}};
  call.request.body = xml;
  call.request.headers.emplace_back("content-type", "application/xml");
  call.request.headers.emplace_back("x-amz-checksum-sha256", base64(sha256_bytes(xml)));
  const auto failure_of = [](const auto& one) { return judge(403, one.second); };
  // Removing twice does no harm, so all are retried when an error is transient.
  const auto failed = send_for(call, [&](const std::string& answer) {
    auto result = parse_delete_result(answer);
    // Some services list what another client has removed meanwhile.
    if (result)
      std::erase_if(*result, [](const auto& one) { return one.second.code == "NoSuchKey"; });
    const auto may_pass = [&](const auto& one) { return failure_of(one).may_pass(); };
    if (result && std::ranges::any_of(*result, may_pass)) result.reset();
    return result;
  });
  if (failed.empty()) return;
  throw_failure("removing " + url(failed.front().first), failure_of(failed.front()), 1);
}

S3Client::Call S3Client::copying(const std::string& from, const std::string& etag,
                                 const std::string& to) const {
  Call call{"copying " + url(from) + " to " + url(to), request("PUT", to)};
  call.request.headers = {
      {"x-amz-copy-source", "/" + bucket_ + "/" + percent_encode(from, /*keep_slash=*/true)},
      {"x-amz-copy-source-if-match", etag}};
  call.answered_late = true;
  return call;
}

void S3Client::copy(const std::string& from, const std::string& etag, const std::string& to) {
  send_for(copying(from, etag, to), parse_result_etag);
}

std::string S3Client::start_upload(const std::string& key) {
  Call call{"writing " + url(key), request("POST", key)};
  call.request.query = {{"uploads", ""}};
  return send_for(call, parse_upload_id);
}

std::string S3Client::upload_part(const std::string& key, const std::string& upload_id, int number,
                                  std::string_view part) {
  Call call{"writing part " + std::to_string(number) + " of " + url(key), request("PUT", key)};
  call.request.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}};
  call.request.body = part;
  call.flaw = [](const HttpAnswer& answer, const std::string&) {
    return answer.header("etag").empty() ? "its answer has no ETag" : "";
  };
  std::string body;
  return send(call, body).header("etag");
}

std::string S3Client::copy_part(const CopiedRange& range, const std::string& key,
                                const std::string& upload_id, int number) {
  Call call = copying(range.from, range.etag, key);
  call.request.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}};
  call.request.headers.emplace_back("x-amz-copy-source-range",
                                    byte_range(range.first, range.count));
  return send_for(std::move(call), parse_result_etag);
}

void S3Client::complete_upload(const std::string& key, const std::string& upload_id,
                               const std::vector<std::string>& etags) {
  const std::string xml = complete_upload_xml(etags);
  Call call{"writing " + url(key), request("POST", key)};
  call.request.query = {{"uploadId", upload_id}};
  call.request.body = xml;
  call.request.headers.emplace_back("content-type", "application/xml");
  call.answered_late = true;
  call.answers = {404};
  if (!send_for(call, parse_result_etag).empty()) return;
  // No such upload: an earlier attempt may have arrived although its answer was lost. Then the
  // object is there with the ETag that follows from its parts. Another ETag is that of an older
  // object, and the upload was ended by someone else.
  const std::string expected = etag_of_parts(etags);
  const auto there = head(key);
  if (there && !expected.empty() && is_same_etag(there->etag, expected)) return;
  throw_failure(call.doing, {S3Failure::Kind::kGone, "the upload is gone"}, 1);
}

void S3Client::abort_upload(const std::string& key, const std::string& upload_id) {
  Call call{"giving up writing " + url(key), request("DELETE", key)};
  call.request.query = {{"uploadId", upload_id}};
  call.answers = {404};
  call.even_when_stopped = true;
  std::string body;
  send(call, body);
}

std::vector<S3PendingUpload> S3Client::pending_uploads(const std::string& prefix) {
  constexpr std::size_t kPage = 1000;  // the service names no more at once
  std::vector<S3PendingUpload> uploads;
  for (;;) {
    Call call{"listing unfinished uploads of " + url(prefix), request("GET", "")};
    call.request.query = {{"uploads", ""}, {"prefix", prefix}};
    if (!uploads.empty()) {
      call.request.query.emplace_back("key-marker", uploads.back().key);
      call.request.query.emplace_back("upload-id-marker", uploads.back().upload_id);
    }
    const std::vector<S3PendingUpload> page = send_for(call, parse_pending_uploads);
    // A service that knows no markers begins again.
    if (!uploads.empty() && !page.empty() && page.front().upload_id == uploads.front().upload_id) {
      return uploads;
    }
    uploads.insert(uploads.end(), page.begin(), page.end());
    if (page.size() < kPage) return uploads;
  }
}

S3ListPage S3Client::list_page(const std::string& prefix, const std::string& delimiter,
                               const std::string& next) {
  Call call{"listing " + url(prefix), request("GET", "")};
  call.request.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", prefix}};
  if (!delimiter.empty()) call.request.query.emplace_back("delimiter", delimiter);
  if (!next.empty()) call.request.query.emplace_back("continuation-token", next);
  return send_for(call, [&](const std::string& xml) {
    auto page = parse_list_page(xml);
    // Whoever gets a page relies on it: names are cut behind the prefix, and folders lead deeper.
    if (page && !(lies_below(*page, prefix) && (next.empty() || page->next != next))) page.reset();
    return page;
  });
}

}  // namespace pomona
