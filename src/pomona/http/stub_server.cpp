// SPDX-License-Identifier: Apache-2.0
#include "pomona/http/stub_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace pomona {
namespace {

// Headers and body; "" when the client has gone.
std::string receive_request(int connection) {
  std::string request;
  std::size_t wanted = std::string::npos;
  std::array<char, 4096> piece{};
  while (request.size() < wanted) {
    const ssize_t got = ::recv(connection, piece.data(), piece.size(), 0);
    if (got <= 0) return "";
    request.append(piece.data(), static_cast<std::size_t>(got));
    const std::size_t end = request.find("\r\n\r\n");
    if (end == std::string::npos || wanted != std::string::npos) continue;
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t length = request.find(kLength);
    wanted = end + 4;
    if (length < end) wanted += std::stoul(request.substr(length + kLength.size(), 10));
  }
  return request;
}

void send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the client had enough
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

StubServer::StubServer(Respond respond)
    : respond_(std::move(respond)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(socket_, 16) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for a stub server");
  }
  endpoint_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  thread_ = std::thread([this] { serve(); });
}

StubServer::~StubServer() {
  ::shutdown(socket_, SHUT_RDWR);  // ends accept()
  thread_.join();
  ::close(socket_);
}

void StubServer::serve() const {
  for (;;) {
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    if (const std::string request = receive_request(connection); !request.empty()) {
      send_all(connection, respond_(request));
    }
    ::close(connection);
  }
}

std::string http_answer(int status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " stub\r\nConnection: close\r\n" + headers +
         "\r\n" + body;
}

std::string sized_answer(int status, const std::string& headers, const std::string& body) {
  return http_answer(status, headers + "Content-Length: " + std::to_string(body.size()) + "\r\n",
                     body);
}

}  // namespace pomona
