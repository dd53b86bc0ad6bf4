// SPDX-License-Identifier: Apache-2.0
// An HTTP server on the loopback address that answers what a test wants, for answers that no real
// service gives.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace pomona {

class StubServer {
 public:
  // From the text of a request, headers and body, to the text of the answer. Called by one thread
  // of the server.
  using Respond = std::function<std::string(const std::string& request)>;

  explicit StubServer(Respond respond);
  ~StubServer();
  StubServer(const StubServer&) = delete;
  StubServer& operator=(const StubServer&) = delete;

  const std::string& endpoint() const { return endpoint_; }

 private:
  void serve() const;

  Respond respond_;
  int socket_ = -1;
  std::string endpoint_;
  std::thread thread_;
};

// "HTTP/1.1 STATUS", the headers ("a: b\r\n"), and the body. Content-Length only where `headers`
// has it.
std::string http_answer(int status, const std::string& headers, const std::string& body);
// The same with the Content-Length of the body.
std::string sized_answer(int status, const std::string& headers, const std::string& body);

}  // namespace pomona
