// SPDX-License-Identifier: Apache-2.0
// What S3 answers in XML (Amazon S3 API Reference). Anything that is not the answer asked for, cut
// or of another kind, is nullopt. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pomona {

struct S3Error {
  std::string code;  // "NoSuchKey"
  std::string message;
  std::string region;  // of the bucket, where the error names it
};

struct S3ListedObject {
  std::string key;
  std::uint64_t bytes = 0;
  std::string etag;  // with its quotes
};

// How to ask for the page that follows.
struct S3ListNext {
  std::string text;        // "": there is none
  bool is_marker = false;  // of ListObjects; else the continuation token of ListObjectsV2

  bool empty() const { return text.empty(); }
};

struct S3ListPage {
  std::vector<S3ListedObject> objects;
  std::vector<std::string> common_prefixes;
  S3ListNext next;
};

std::optional<S3Error> parse_s3_error(std::string_view xml);
// Of ListObjectsV2 with encoding-type=url, or of ListObjects, which some services answer in its
// place.
std::optional<S3ListPage> parse_list_page(std::string_view xml);
// Of CreateMultipartUpload.
std::optional<std::string> parse_upload_id(std::string_view xml);
// Keys and upload ids of ListMultipartUploads.
struct S3PendingUpload {
  std::string key;
  std::string upload_id;
};
std::optional<std::vector<S3PendingUpload>> parse_pending_uploads(std::string_view xml);
// The ETag of CompleteMultipartUpload, CopyObject and UploadPartCopy.
std::optional<std::string> parse_result_etag(std::string_view xml);

// The body of CompleteMultipartUpload: ETags in the order of the parts, from 1 on.
std::string complete_upload_xml(const std::vector<std::string>& etags);
// The body of DeleteObjects.
std::string delete_objects_xml(const std::vector<std::string>& keys);
// Keys that DeleteObjects could not remove, with their errors.
std::optional<std::vector<std::pair<std::string, S3Error>>> parse_delete_result(
    std::string_view xml);

}  // namespace pomona
