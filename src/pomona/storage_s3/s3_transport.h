// SPDX-License-Identifier: Apache-2.0
// Requests to one bucket: addressed, signed, and tried again until they are answered or their
// deadline has passed. Every function may be called from any thread, but set_region().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/http/http_connection.h"
#include "pomona/http/retry.h"
#include "pomona/storage_s3/aws_signature.h"
#include "pomona/storage_s3/s3_failure.h"

namespace pomona {

struct S3Options {
  // "http://host:port/path" of a service that speaks S3; "": AWS itself.
  std::string endpoint;
  // The bucket is part of the host's name, not of the path. At AWS itself it always is, where its
  // name allows that.
  bool virtual_host = false;
  std::string region = "us-east-1";
  std::string certificates;        // that https trusts (http/http_connection.h)
  bool sign_requests = true;       // false: requests are anonymous, no credentials are looked for
  bool requester_pays = false;     // agree to pay for what is read
  bool conditional_writes = true;  // false: the service has none
  RetryOptions retry;
  HttpLimits limits;                // of one attempt
  std::size_t most_in_flight = 64;  // requests at once
  std::stop_token stop;             // ends what is under way with `interrupted`

  // Throws invalid_input that names the field.
  void check() const;
};

// Credentials of this moment; called before each request, must be quick. `renew` is true after the
// service has called those of before expired.
using S3CredentialsSource = std::function<S3Credentials(bool renew)>;

// What is sent, and when its answer will do.
struct S3Call {
  static constexpr std::uint64_t kMaxXmlBytes = 16ULL << 20U;

  std::string doing;       // "reading s3://bucket/key"
  std::string permission;  // that it takes: "s3:GetObject"
  HttpRequest request;
  std::uint64_t max_bytes = kMaxXmlBytes;
  // Statuses besides 2xx that are an answer and no error, unless they are transient.
  std::vector<int> answers = {};
  bool even_when_stopped = false;
  bool answered_late = false;  // once the service has moved bytes of its own
  // What is wrong with a 2xx answer, of kind kNone when nothing is.
  std::function<S3Failure(const HttpAnswer&, const std::string& body)> flaw = {};
};

// Statuses with which a service answers to an operation, or a header, that it does not have.
std::vector<int> not_there();
bool is_not_there(const HttpAnswer& answer);

class S3Transport {
 public:
  // Throws invalid_input for options out of range.
  S3Transport(S3Options options, std::string bucket, S3CredentialsSource credentials);
  ~S3Transport();
  S3Transport(const S3Transport&) = delete;
  S3Transport& operator=(const S3Transport&) = delete;

  const S3Options& options() const { return options_; }
  const std::string& bucket() const { return bucket_; }
  // Before any other request is under way.
  void set_region(const std::string& region) { options_.region = region; }

  // To the bucket where `key` is "".
  HttpRequest request(const std::string& method, const std::string& key) const;
  HttpAnswer send(const S3Call& call, std::string& body);
  // What `parse` makes of the body of a 2xx answer; one it makes nothing of is retried. Empty for
  // an answer of another status.
  template <class Parse>
  auto send_for(S3Call call, const Parse& parse) {
    decltype(parse(std::string())) result;
    call.flaw = [&](const HttpAnswer&, const std::string& body) -> S3Failure {
      result = parse(body);
      return result ? S3Failure{} : damaged("its answer is cut short, or not one of S3");
    };
    std::string body;
    send(call, body);
    return std::move(result).value_or(typename decltype(result)::value_type());
  }
  // What an answer that send() has returned means.
  S3Failure judge_answer(const S3Call& call, const HttpAnswer& answer,
                         const std::string& body) const;
  // The same of one of several errors in an answer.
  S3Failure judge_error(const S3Call& call, const S3Error& error) const;
  // Throws it without what the service repeats of secrets that it was sent.
  [[noreturn]] void fail(const S3Call& call, S3Failure failure, int attempts) const;

 private:
  S3Asked asked(const S3Call& call) const;
  expected<HttpAnswer, TransportFailure> attempt(const S3Call& call, const Attempts& attempts,
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
