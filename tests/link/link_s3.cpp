// SPDX-License-Identifier: Apache-2.0
// Links pomona_s3 alone: asks a service on this machine for a bucket and is turned away. Exits with
// 1 unless the request arrives signed, and the answer becomes the error it stands for.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

#include "pomona/base/error.h"
#include "pomona/storage_s3/s3_store_opener.h"

namespace {

// Listens on a free port of the loopback; answers all requests with "403 Forbidden".
class Refusals {
 public:
  Refusals() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, plain, length) != 0 || ::listen(socket_, 4) != 0 ||
        ::getsockname(socket_, plain, &length) != 0) {
      std::perror("link_s3: listening on 127.0.0.1");
      std::exit(1);
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { answer(); });
  }
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;
  ~Refusals() { request(); }

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // All that was asked.
  const std::string& request() {
    ::shutdown(socket_, SHUT_RDWR);  // ends accept()
    if (thread_.joinable()) thread_.join();
    return request_;
  }

 private:
  void answer() {
    constexpr std::string_view kAnswer =
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 46\r\nConnection: close\r\n\r\n"
        "<Error><Code>InvalidAccessKeyId</Code></Error>";
    for (;;) {
      const int client = ::accept(socket_, nullptr, nullptr);
      if (client < 0) break;
      std::string request;
      char bytes[4096];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t read = ::recv(client, bytes, sizeof bytes, 0);
        if (read <= 0) break;
        request.append(bytes, static_cast<std::size_t>(read));
      }
      ::send(client, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      ::close(client);
      request_ += request;
    }
    ::close(socket_);
  }

  int socket_;
  int port_ = 0;
  std::string request_;
  std::thread thread_;
};

}  // namespace

int main() {
  ::setenv("AWS_ACCESS_KEY_ID", "link", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "program", 1);
  Refusals service;
  pomona::S3StoreOptions options;
  options.endpoint = service.endpoint();
  try {
    pomona::S3StoreOpener(options).open("s3://orchard");
    std::fprintf(stderr, "link_s3: the bucket opened, though the service refuses\n");
    return 1;
  } catch (const pomona::Error& error) {
    const std::string& request = service.request();
    const bool signed_request = request.find("Signature=") != std::string::npos &&
                                request.find("/orchard") != std::string::npos;
    std::printf("s3: %s\n", error.what());
    return signed_request && error.kind() == pomona::ErrorKind::kDenied ? 0 : 1;
  }
}
