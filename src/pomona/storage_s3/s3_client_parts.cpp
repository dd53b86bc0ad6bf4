// SPDX-License-Identifier: Apache-2.0
// The calls of S3Client that copy objects and make them of parts.
#include <utility>

#include "pomona/storage/etag.h"
#include "pomona/storage_s3/s3_client.h"
#include "pomona/storage_s3/s3_damage.h"

namespace pomona {
namespace {

constexpr const char* kCopyCondition = "x-amz-copy-source-if-match";

}  // namespace

S3Call S3Client::copying(const std::string& from, const std::string& etag,
                         const std::string& to) const {
  S3Call copy =
      call("copying " + url(from) + " to " + url(to), "s3:GetObject and s3:PutObject", "PUT", to);
  copy.request.headers.emplace_back(
      "x-amz-copy-source",
      "/" + transport_.bucket() + "/" + percent_encode(from, /*keep_slash=*/true));
  if (!etag.empty()) copy.request.headers.emplace_back(kCopyCondition, etag);
  copy.answered_late = true;
  return copy;
}

std::string S3Client::send_copy(S3Call copy) {
  if (has_copy_conditions_) {
    copy.answers = not_there();
    if (std::string etag = transport_.send_for(copy, parse_result_etag); !etag.empty()) return etag;
    copy.answers.clear();
  }
  std::erase_if(copy.request.headers,
                [](const auto& header) { return header.first == kCopyCondition; });
  std::string etag = transport_.send_for(copy, parse_result_etag);  // throws for any other reason
  has_copy_conditions_ = false;
  return etag;
}

void S3Client::copy(const std::string& from, const std::string& etag, const std::string& to) {
  send_copy(copying(from, etag, to));
}

std::string S3Client::start_upload(const std::string& key) {
  S3Call start = call("writing " + url(key), "s3:PutObject", "POST", key);
  start.request.query = {{"uploads", ""}};
  return transport_.send_for(start, parse_upload_id);
}

std::string S3Client::upload_part(const std::string& key, const std::string& upload_id, int number,
                                  std::string_view part) {
  S3Call upload = call("writing part " + std::to_string(number) + " of " + url(key), "s3:PutObject",
                       "PUT", key);
  upload.request.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}};
  upload.request.body = part;
  upload.flaw = [](const HttpAnswer& answer, const std::string&) -> S3Failure {
    return answer.header("etag").empty() ? damaged("its answer has no ETag") : S3Failure{};
  };
  std::string body;
  return transport_.send(upload, body).header("etag");
}

std::string S3Client::copy_part(const CopiedRange& range, const std::string& key,
                                const std::string& upload_id, int number) {
  S3Call copy = copying(range.from, range.etag, key);
  copy.request.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}};
  copy.request.headers.emplace_back("x-amz-copy-source-range",
                                    byte_range(range.first, range.count));
  return send_copy(std::move(copy));
}

void S3Client::complete_upload(const std::string& key, const std::string& upload_id,
                               const std::vector<std::string>& etags) {
  const std::string xml = complete_upload_xml(etags);
  S3Call complete = call("writing " + url(key), "s3:PutObject", "POST", key);
  complete.request.query = {{"uploadId", upload_id}};
  complete.request.body = xml;
  complete.request.headers.emplace_back("content-type", "application/xml");
  complete.answered_late = true;
  complete.answers = {404};
  if (!transport_.send_for(complete, parse_result_etag).empty()) return;
  // No such upload: an earlier attempt may have arrived although its answer was lost. Then the
  // object is there with the ETag that follows from its parts. Another ETag is that of an older
  // object, and the upload was ended by someone else.
  const std::string expected = etag_of_parts(etags);
  const auto there = head(key);
  if (there && !expected.empty() && is_same_etag(there->etag, expected)) return;
  transport_.fail(
      complete,
      {S3Failure::Kind::kGone, "the upload is gone", "another process has ended it; start again"},
      1);
}

void S3Client::abort_upload(const std::string& key, const std::string& upload_id) {
  S3Call abort = call("giving up writing " + url(key), "s3:AbortMultipartUpload", "DELETE", key);
  abort.request.query = {{"uploadId", upload_id}};
  abort.answers = {404};
  abort.even_when_stopped = true;
  std::string body;
  transport_.send(abort, body);
}

std::vector<S3PendingUpload> S3Client::pending_uploads(const std::string& prefix) {
  constexpr std::size_t kPage = 1000;  // the service names no more at once
  std::vector<S3PendingUpload> uploads;
  for (;;) {
    S3Call list = call("listing unfinished uploads of " + url(prefix),
                       "s3:ListBucketMultipartUploads", "GET", "");
    list.request.query = {{"uploads", ""}, {"prefix", prefix}};
    if (!uploads.empty()) {
      list.request.query.emplace_back("key-marker", uploads.back().key);
      list.request.query.emplace_back("upload-id-marker", uploads.back().upload_id);
    }
    list.answers = not_there();
    const std::vector<S3PendingUpload> page = transport_.send_for(list, parse_pending_uploads);
    // A service that knows no markers begins again.
    if (!uploads.empty() && !page.empty() && page.front().upload_id == uploads.front().upload_id) {
      return uploads;
    }
    uploads.insert(uploads.end(), page.begin(), page.end());
    if (page.size() < kPage) return uploads;
  }
}

}  // namespace pomona
