// SPDX-License-Identifier: Apache-2.0
// One HTTP request and its answer over a connection that is kept open for the next.
//
// What the network does to a request is expected now and then, so it is a value (TransportFailure)
// and not an exception; whoever asks decides whether to try again. Redirects are not followed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/base/expected.h"

namespace pomona {

struct HttpRequest {
  std::string method = "GET";
  std::string origin;                                        // "https://host:port"
  std::string path;                                          // percent-encoded, begins with '/'
  std::vector<std::pair<std::string, std::string>> query;    // not encoded
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string_view body;

  // "host:port", without the port where it is the scheme's own.
  std::string host() const;
  // Percent-encoded, sorted by name: "a=1&b=".
  std::string query_text() const;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case

  // "" when there is none.
  std::string header(const std::string& name) const;
};

struct HttpLimits {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds total{60'000};  // from the start to the last byte
  std::chrono::seconds stall{8};            // without progress
  std::uint64_t body_bytes = 1ULL << 30U;   // of the answer; one that announces more is not read
  std::uint64_t error_bytes = 0;            // where that is more, of one with a status from 300 on
  std::stop_token stop;                     // ends it at once

  // Throws invalid_input that names the field.
  void check() const;
};

struct TransportFailure {
  enum class Kind {
    kNoHost,          // nobody knows an address of this name
    kConnect,         // nothing accepts connections there
    kNoConnection,    // no answer to the attempt to connect, in time
    kTimeOut,         // connected, but too slow
    kCut,             // the connection broke
    kNoTls,           // what answers there does not speak TLS as we do
    kCertificate,     // the certificate is not one that is trusted
    kNoCertificates,  // the file of those to trust cannot be read
    kTooLarge,
    kMalformed,  // what came is no answer of HTTP
    kStopped,
    kOther
  };
  Kind kind = Kind::kOther;
  std::string message;
};

// RFC 3986: everything but letters, digits and "-._~" becomes %XX; '/' stays where asked for.
std::string percent_encode(std::string_view text, bool keep_slash);

// Used by one thread at a time.
class HttpConnection {
 public:
  // `certificates`: a PEM file, or a folder, of the authorities that https trusts; "": those of the
  // system.
  explicit HttpConnection(std::string certificates = "");
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Replaces the content of `body` by that of the answer, whole: fewer bytes than the answer
  // announced are a failure (kCut). An exception, such as of memory that has run out, ends the
  // request; the connection can be used again.
  expected<HttpAnswer, TransportFailure> perform(const HttpRequest& request,
                                                 const HttpLimits& limits, std::string& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
