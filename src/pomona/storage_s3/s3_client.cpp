// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_client.h"

#include <algorithm>
#include <utility>

#include "pomona/base/base64.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/storage_s3/regions.h"
#include "pomona/storage_s3/s3_damage.h"

namespace pomona {
namespace {

using Kind = S3Failure::Kind;

// Answers with a reason, to whoever asks for a body. What is transient is retried all the same.
std::vector<int> refusals() { return {301, 307, 400, 401, 403, 404, 405, 501}; }

// Does it deny this one request, while others may be allowed?
bool is_denial(const S3Failure& failure) {
  return failure.kind == Kind::kDenied && (failure.code.empty() || failure.code == "AccessDenied");
}

constexpr std::string_view kWithoutConditions =
    "by which runs that write to the same place notice each other; turn conditional_writes off to "
    "publish without them";

}  // namespace

std::string S3Client::url(const std::string& key) const {
  return "s3://" + transport_.bucket() + "/" + key;
}

S3Call S3Client::call(const std::string& doing, const std::string& permission,
                      const std::string& method, const std::string& key) const {
  return {doing, permission, transport_.request(method, key)};
}

HttpAnswer S3Client::send_with_checksum(const S3Call& call,
                                        const std::pair<std::string, std::string>& header,
                                        std::string& body) {
  if (!has_checksums_) return transport_.send(call, body);
  S3Call checked = call;
  checked.request.headers.push_back(header);
  checked.answers.insert(checked.answers.end(), {400, 501});
  HttpAnswer answer = transport_.send(checked, body);
  if (answer.status != 400 && answer.status != 501) return answer;
  HttpAnswer unchecked = transport_.send(call, body);  // throws for any other reason
  has_checksums_ = false;
  return unchecked;
}

void S3Client::open_bucket(const std::string& prefix,
                           const std::function<void(const std::string&)>& check_region) {
  const std::string doing = "opening s3://" + transport_.bucket();
  const bool is_aws = transport_.options().endpoint.empty();
  // The region becomes part of a host's name.
  const auto is_elsewhere = [&](const std::string& region) {
    return is_region_name(region) && region != transport_.options().region;
  };
  for (bool moved = false;; moved = true) {
    S3Call look = call(doing, "s3:ListBucket", "HEAD", "");
    look.answers = refusals();
    std::string body;
    const HttpAnswer answer = transport_.send(look, body);
    const std::string region = answer.header("x-amz-bucket-region");
    if (!moved && is_aws && answer.status >= 300 && is_elsewhere(region)) {
      transport_.set_region(region);
      continue;
    }
    if (answer.status < 300) {
      check_region(region);
      return;
    }
    if (!region.empty()) check_region(region);
    // HEAD has no body that could give a reason, and may be what is denied.
    S3Call ask = call(doing, "s3:ListBucket", "GET", "");
    ask.request.query = {{"prefix", prefix}, {"max-keys", "1"}};
    ask.answers = refusals();
    const HttpAnswer reason = transport_.send(ask, body);
    const S3Failure failure = transport_.judge_answer(ask, reason, body);
    if (!moved && failure.code == "AuthorizationHeaderMalformed" && is_elsewhere(failure.region)) {
      transport_.set_region(failure.region);  // that signatures are for; no host's name here
      continue;
    }
    if (failure.kind != Kind::kNone && !is_denial(failure)) transport_.fail(ask, failure, 1);
    if (region.empty()) check_region(reason.header("x-amz-bucket-region"));
    return;
  }
}

// An object that comes twice the same did not change on the way. Then an ETag is no MD5, whatever
// it looks like; but a checksum is one.
S3Failure S3Client::flaw_of_content(const HttpAnswer& answer, const S3GetOptions& options,
                                    const std::string& body, std::string& found_before) {
  if (const std::string damage = damage_of_content(answer, options, body); !damage.empty()) {
    return damaged(damage);
  }
  const ContentDigest digest = digest_of_content(answer, body);
  if (options.range || digest.stored.empty()) return {};
  if (digest.stored == digest.found) {
    if (digest.is_etag) is_etag_proved_ = true;
    return {};
  }
  const bool may_be_none = digest.is_etag && is_etag_disproved_ && !is_etag_proved_;
  const bool is_same_twice = digest.found == found_before;
  found_before = digest.found;
  if (digest.is_etag && (is_same_twice || may_be_none)) {
    is_etag_disproved_ = true;
    return {};
  }
  S3Failure failure = damaged(std::string("its ") + digest.name + " is not the one stored");
  if (is_same_twice) {
    failure = {Kind::kCorrupt, failure.message + ", twice in the same way"};
  }
  return failure;
}

S3ObjectInfo S3Client::get(const std::string& key, const S3GetOptions& options, std::string& body) {
  S3Call get = call("reading " + url(key), "s3:GetObject", "GET", key);
  get.max_bytes = options.max_bytes;
  if (!options.if_match.empty()) get.request.headers.emplace_back("if-match", options.if_match);
  std::string found_before;
  get.flaw = [&](const HttpAnswer& answer, const std::string& got) {
    return flaw_of_content(answer, options, got, found_before);
  };
  HttpAnswer answer;
  if (options.range) {
    const auto [first, count] = *options.range;
    get.request.headers.emplace_back("range", byte_range(first, count));
    answer = transport_.send(get, body);
  } else {
    answer = send_with_checksum(get, {"x-amz-checksum-mode", "ENABLED"}, body);
  }
  if (body.size() > options.max_bytes) {
    throw Error(ErrorKind::kInvalidInput, get.doing + ": it has more than the limit of " +
                                              std::to_string(options.max_bytes) + " bytes");
  }
  return {object_size(answer, body.size()), answer.header("etag")};
}

S3ObjectInfo S3Client::get_tail(const std::string& key, std::uint64_t count, std::string& body) {
  S3Call get = call("reading " + url(key), "s3:GetObject", "GET", key);
  get.request.headers.emplace_back("range", "bytes=-" + std::to_string(count));
  get.max_bytes = std::max(count, S3Call::kMaxXmlBytes);  // some send the whole object
  get.answers = {416};                                    // of an empty object
  get.flaw = [&](const HttpAnswer& answer, const std::string& got) -> S3Failure {
    const std::string damage = damage_of_tail(answer, count, got);
    return damage.empty() ? S3Failure{} : damaged(damage);
  };
  const HttpAnswer answer = transport_.send(get, body);
  if (answer.status != 416) return {object_size(answer, body.size()), answer.header("etag")};
  body.clear();
  const std::optional<std::uint64_t> size = size_out_of_range(answer);
  if (!size) transport_.fail(get, damaged("its size is no number"), 1);
  return {*size, answer.header("etag")};
}

std::optional<S3ObjectInfo> S3Client::head(const std::string& key) {
  S3Call head = call("looking for " + url(key), "s3:GetObject", "HEAD", key);
  head.answers = refusals();
  head.flaw = [](const HttpAnswer& answer, const std::string&) -> S3Failure {
    return announced_size(answer) ? S3Failure{}
                                  : damaged("its Content-Length is no number of bytes");
  };
  std::string body;
  const HttpAnswer answer = transport_.send(head, body);
  if (answer.status < 300) {
    return S3ObjectInfo{announced_size(answer).value_or(0), answer.header("etag")};
  }
  if (answer.status == 404) return std::nullopt;
  try {
    return get_tail(key, 1, body);  // which says why
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kNotFound) return std::nullopt;
    throw;
  }
}

void S3Client::put(const std::string& key, std::string_view body) {
  S3Call put = call("writing " + url(key), "s3:PutObject", "PUT", key);
  put.request.body = body;
  std::string answer;
  send_with_checksum(put, {"x-amz-checksum-sha256", base64(sha256_bytes(body))}, answer);
}

std::optional<std::string> S3Client::find(const std::string& key) {
  std::string body;
  try {
    get(key, {}, body);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kNotFound) return std::nullopt;
    throw;
  }
  return body;
}

// What lies there decides: who writes at the same time may replace it, and sees that as well.
bool S3Client::put_without_condition(const std::string& key, std::string_view body) {
  if (const std::optional<std::string> there = find(key)) return *there == body;
  put(key, body);
  std::string there;
  get(key, {}, there);
  return there == body;
}

// Some services ignore the condition, replace what lies there and answer 200. So the first write is
// sent again: now the object is there, and the answer has to be 412.
void S3Client::check_condition(const S3Call& put, const std::string& key) {
  constexpr int kTries = 2;  // another process may have removed the object before the first of them
  HttpAnswer answer;
  std::string body;
  for (int i = 0; i < kTries && answer.status != 412; ++i) answer = transport_.send(put, body);
  if (answer.status != 412) {
    remove(key);
    S3Failure failure{Kind::kOther, "expected HTTP status 412 for an object that is there, found " +
                                        std::to_string(answer.status)};
    failure.advice = "this service ignores conditional writes (If-None-Match), " +
                     std::string(kWithoutConditions);
    transport_.fail(put, failure, 1);
  }
  has_conditional_writes_ = true;
}

bool S3Client::put_if_absent(const std::string& key, std::string_view body) {
  if (!transport_.options().conditional_writes) return put_without_condition(key, body);
  S3Call put = call("writing " + url(key), "s3:PutObject", "PUT", key);
  put.request.body = body;
  put.request.headers.emplace_back("if-none-match", "*");
  put.answers = not_there();
  put.answers.push_back(412);
  std::string answer_body;
  const HttpAnswer answer = transport_.send(put, answer_body);
  if (is_not_there(answer)) {
    S3Failure failure = transport_.judge_answer(put, answer, answer_body);
    failure.advice = "this service refuses conditional writes (If-None-Match), " +
                     std::string(kWithoutConditions);
    transport_.fail(put, failure, 1);
  }
  if (answer.status != 412) {
    if (!has_conditional_writes_) check_condition(put, key);
    return true;
  }
  has_conditional_writes_ = true;
  // An earlier attempt may have arrived although its answer was lost: what lies there decides.
  return find(key) == body;  // none: removed since
}

void S3Client::remove(const std::string& key) {
  S3Call remove = call("removing " + url(key), "s3:DeleteObject", "DELETE", key);
  remove.answers = {404};
  std::string body;
  transport_.send(remove, body);
}

void S3Client::remove_each(const std::vector<std::string>& keys) {
  constexpr std::size_t kAtOnce = 16;
  parallel_for(keys.size(), std::min(kAtOnce, keys.size()),
               [&](std::size_t i, std::size_t) { remove(keys[i]); });
}

void S3Client::remove_all(const std::vector<std::string>& keys) {
  if (keys.size() < 2 || !has_multi_delete_) {
    remove_each(keys);
    return;
  }
  const std::string xml = delete_objects_xml(keys);
  S3Call remove =
      call("removing " + std::to_string(keys.size()) + " objects like " + url(keys.front()),
           "s3:DeleteObject", "POST", "");
  remove.request.query = {{"delete", ""}};
  remove.request.body = xml;
  remove.request.headers.emplace_back("content-type", "application/xml");
  // Every service knows Content-MD5 and some insist on it; checksums are younger.
  remove.request.headers.emplace_back("content-md5", base64(md5_bytes(xml)));
  remove.answers = not_there();
  remove.answers.push_back(404);
  const auto failure_of = [&](const auto& one) {
    return transport_.judge_error(remove, one.second);
  };
  std::vector<std::pair<std::string, S3Error>> failed;
  bool is_known = true;
  // Removing twice does no harm, so all are retried when an error is transient.
  remove.flaw = [&](const HttpAnswer&, const std::string& answer) -> S3Failure {
    is_known = !answer.empty();
    if (!is_known) return {};
    auto result = parse_delete_result(answer);
    if (!result) return damaged("its answer is cut short, or not one of S3");
    // Some services list what another client has removed meanwhile.
    std::erase_if(*result, [](const auto& one) { return one.second.code == "NoSuchKey"; });
    for (const auto& one : *result) {
      if (const S3Failure failure = failure_of(one); failure.may_pass()) return failure;
    }
    failed = std::move(*result);
    return {};
  };
  std::string body;
  const HttpAnswer answer = transport_.send(remove, body);
  if (answer.status >= 300 || !is_known) {
    remove_each(keys);  // throws for any other reason
    has_multi_delete_ = false;
    return;
  }
  if (failed.empty()) return;
  remove.doing = "removing " + url(failed.front().first);
  transport_.fail(remove, failure_of(failed.front()), 1);
}

S3Call S3Client::listing(const std::string& prefix, const std::string& delimiter,
                         const S3ListNext& next, bool is_v2) const {
  S3Call list = call("listing " + url(prefix), "s3:ListBucket", "GET", "");
  list.request.query = {{"encoding-type", "url"}, {"prefix", prefix}};
  if (!delimiter.empty()) list.request.query.emplace_back("delimiter", delimiter);
  if (is_v2) {
    list.request.query.emplace_back("list-type", "2");
    list.answers = not_there();
    if (!next.empty()) list.request.query.emplace_back("continuation-token", next.text);
  } else if (!next.empty()) {
    list.request.query.emplace_back("marker", next.text);
  }
  return list;
}

S3ListPage S3Client::list_page(const std::string& prefix, const std::string& delimiter,
                               const S3ListNext& next) {
  S3ListPage page;
  S3Call list = listing(prefix, delimiter, next, has_list_v2_ && !next.is_marker);
  // Whoever gets a page relies on it: names are cut behind the prefix, and folders lead deeper.
  const auto flaw = [&](const HttpAnswer&, const std::string& xml) -> S3Failure {
    std::optional<S3ListPage> parsed = parse_list_page(xml);
    if (!parsed) return damaged("its answer is cut short, or not one of S3");
    page = std::move(*parsed);
    return lies_below(page, prefix) ? S3Failure{} : damaged("its answer is of another place");
  };
  list.flaw = flaw;
  std::string body;
  if (transport_.send(list, body).status < 300) return page;
  // ListObjects, the first version, if ListObjectsV2 is what the service lacks.
  list = listing(prefix, delimiter, next, /*is_v2=*/false);
  list.flaw = flaw;
  transport_.send(list, body);
  has_list_v2_ = false;
  return page;
}

}  // namespace pomona
