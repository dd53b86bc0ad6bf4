// SPDX-License-Identifier: Apache-2.0
// The calls of S3 that a store needs, each tried again until it is answered or its deadline has
// passed. What a service turns out not to have is done without from then on: ListObjectsV2,
// DeleteObjects, checksums, conditions of copies. Every function may be called from any thread.
//
// Errors name the object and say what to do: not_found (no such object or bucket), denied,
// timed_out, replaced (not the version that was asked for), unavailable (everything else the
// service or the network refuses), invalid_input (a body above the limit). Credentials are in none
// of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/storage_s3/s3_answer.h"
#include "pomona/storage_s3/s3_transport.h"

namespace pomona {

struct S3ObjectInfo {
  std::uint64_t bytes = 0;  // of the whole object
  std::string etag;
};

struct S3GetOptions {
  std::string if_match;  // ETag the object must have; "": any
  std::uint64_t max_bytes = 1ULL << 40U;
  // First byte and count; none: the whole object.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> range;
};

// Bytes [first, first + count) of an object of the same bucket, as long as it has this ETag.
struct CopiedRange {
  const std::string& from;
  const std::string& etag;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

class S3Client {
 public:
  S3Client(S3Options options, std::string bucket, S3CredentialsSource credentials)
      : transport_(std::move(options), std::move(bucket), std::move(credentials)) {}

  // What messages call an object: "s3://bucket/key".
  std::string url(const std::string& key) const;

  // Throws unless the bucket exists and the credentials open it; where they may not look at the
  // bucket itself, what is below `prefix` may still be open to them. Requests go to the region that
  // the bucket says it lies in from then on, whatever was set; call it before all others.
  // `check_region` gets that region, "" where the bucket says none, before anything is listed.
  void open_bucket(const std::string& prefix,
                   const std::function<void(const std::string& region)>& check_region);

  // Replaces the content of `body`. What was sent is what came: length, and checksum or MD5 where
  // the service gives one for the whole object. An ETag that looks like an MD5 need not be one:
  // what comes twice the same is what lies there.
  S3ObjectInfo get(const std::string& key, const S3GetOptions& options, std::string& body);
  // The last `count` bytes, or all where there are fewer.
  S3ObjectInfo get_tail(const std::string& key, std::uint64_t count, std::string& body);
  std::optional<S3ObjectInfo> head(const std::string& key);
  void put(const std::string& key, std::string_view body);
  // False when there is an object under the key that is not this one. Without conditional_writes
  // two who write at the same time may both get true. A service that refuses or ignores the
  // condition is an error; the first write is sent twice to find out.
  bool put_if_absent(const std::string& key, std::string_view body);
  void remove(const std::string& key);
  // At most 1,000.
  void remove_all(const std::vector<std::string>& keys);
  // The version `etag` of an object, of at most 5 GB; any version where the service cannot tell.
  void copy(const std::string& from, const std::string& etag, const std::string& to);

  std::string start_upload(const std::string& key);
  // Returns the part's ETag. Parts are numbered from 1; all but the last have at least 5 MiB.
  std::string upload_part(const std::string& key, const std::string& upload_id, int number,
                          std::string_view body);
  // The part is `count` bytes of the version `etag` of another object.
  std::string copy_part(const CopiedRange& range, const std::string& key,
                        const std::string& upload_id, int number);
  void complete_upload(const std::string& key, const std::string& upload_id,
                       const std::vector<std::string>& etags);
  // Also when asked to stop.
  void abort_upload(const std::string& key, const std::string& upload_id);
  // None where the service does not list them.
  std::vector<S3PendingUpload> pending_uploads(const std::string& prefix);

  // One page, at most 1,000 keys with this prefix. `delimiter` "" or "/". `next`: what the page
  // before gave.
  S3ListPage list_page(const std::string& prefix, const std::string& delimiter,
                       const S3ListNext& next);

 private:
  S3Call call(const std::string& doing, const std::string& permission, const std::string& method,
              const std::string& key) const;
  S3Call copying(const std::string& from, const std::string& etag, const std::string& to) const;
  std::string send_copy(S3Call copy);
  S3Call listing(const std::string& prefix, const std::string& delimiter, const S3ListNext& next,
                 bool is_v2) const;
  // With the header of a checksum, and without it where the service refuses that.
  HttpAnswer send_with_checksum(const S3Call& call,
                                const std::pair<std::string, std::string>& header,
                                std::string& body);
  S3Failure flaw_of_content(const HttpAnswer& answer, const S3GetOptions& options,
                            const std::string& body, std::string& found_before);
  // The whole object; none where there is none.
  std::optional<std::string> find(const std::string& key);
  bool put_without_condition(const std::string& key, std::string_view body);
  // Throws unless the service refuses this write, which it has just taken, as one of an object that
  // is there.
  void check_condition(const S3Call& put, const std::string& key);
  void remove_each(const std::vector<std::string>& keys);

  S3Transport transport_;
  // What the service has not, once that is known.
  std::atomic<bool> has_checksums_ = true;
  std::atomic<bool> has_copy_conditions_ = true;
  std::atomic<bool> has_multi_delete_ = true;
  std::atomic<bool> has_list_v2_ = true;
  std::atomic<bool> has_conditional_writes_ = false;  // once it has refused one
  // Whether ETags that look like an MD5 are one: disproved by one that was not, unless another was.
  std::atomic<bool> is_etag_proved_ = false;
  std::atomic<bool> is_etag_disproved_ = false;
};

}  // namespace pomona
