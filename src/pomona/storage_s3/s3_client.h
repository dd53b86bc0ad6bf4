// SPDX-License-Identifier: Apache-2.0
// The calls of S3 that a store needs, each tried again until it is answered or its deadline has
// passed. Every function may be called from any thread.
//
// Errors name the object and say what to do: not_found (no such object or bucket), denied,
// timed_out, replaced (not the version that was asked for), unavailable (everything else the
// service or the network refuses), invalid_input (a body above the limit). Credentials are in none
// of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/http/http_connection.h"
#include "pomona/http/retry.h"
#include "pomona/storage_s3/aws_signature.h"
#include "pomona/storage_s3/s3_answer.h"

namespace pomona {

struct S3Options {
  // "http://host:port" of a service that speaks S3, with the bucket in the path; "": AWS itself.
  std::string endpoint;
  std::string region = "us-east-1";
  RetryOptions retry;
  HttpLimits limits;                // of one attempt
  std::size_t most_in_flight = 64;  // requests at once
  std::stop_token stop;             // ends what is under way with `interrupted`
};

// Credentials of this moment; called before each request, must be quick. `renew` is true after the
// service has called those of before expired.
using S3CredentialsSource = std::function<S3Credentials(bool renew)>;

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
  S3Client(S3Options options, std::string bucket, S3CredentialsSource credentials);
  ~S3Client();
  S3Client(const S3Client&) = delete;
  S3Client& operator=(const S3Client&) = delete;

  // What messages call an object: "s3://bucket/key".
  std::string url(const std::string& key) const;

  // Throws unless the bucket exists and the credentials open it. Returns the region that the bucket
  // says it lies in, "" where it says none. At AWS itself requests go to that region from then on,
  // whatever was set; call it before all others.
  std::string check_bucket();

  // Replaces the content of `body`. What was sent is what came: length, and MD5 or checksum where
  // the service gives one for the whole object.
  S3ObjectInfo get(const std::string& key, const S3GetOptions& options, std::string& body);
  // The last `count` bytes, or all where there are fewer.
  S3ObjectInfo get_tail(const std::string& key, std::uint64_t count, std::string& body);
  std::optional<S3ObjectInfo> head(const std::string& key);
  void put(const std::string& key, std::string_view body);
  // False when there is an object under the key that is not this one.
  bool put_if_absent(const std::string& key, std::string_view body);
  void remove(const std::string& key);
  // At most 1,000.
  void remove_all(const std::vector<std::string>& keys);
  // The version `etag` of an object, of at most 5 GB.
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
  std::vector<S3PendingUpload> pending_uploads(const std::string& prefix);

  // One page, at most 1,000 keys with this prefix. `delimiter` "" or "/". `next`: what the page
  // before gave.
  S3ListPage list_page(const std::string& prefix, const std::string& delimiter,
                       const std::string& next);

 private:
  struct Call;
  HttpRequest request(const std::string& method, const std::string& key) const;
  Call copying(const std::string& from, const std::string& etag, const std::string& to) const;
  HttpAnswer send(const Call& call, std::string& body);
  // What `parse` makes of the body of a 2xx answer; one it makes nothing of is retried.
  // Empty for an answer of another status.
  template <class Parse>
  auto send_for(Call call, const Parse& parse);
  expected<HttpAnswer, TransportFailure> attempt(const Call& call, const Attempts& attempts,
                                                 const S3Credentials& credentials,
                                                 std::string& body);
  std::unique_ptr<HttpConnection> take_connection();
  void give_back(std::unique_ptr<HttpConnection> connection);

  S3Options options_;
  std::string bucket_;
  S3CredentialsSource credentials_;
  InFlightLimit in_flight_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpConnection>> idle_;
};

}  // namespace pomona
