// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_test_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace pomona {
namespace {

constexpr const char* kServer = POMONA_S3_SERVER;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no free port");
  }
  ::close(socket);
  return ntohs(address.sin_port);
}

bool accepts(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

}  // namespace

std::string S3TestServer::missing() {
  if (std::filesystem::exists(kServer)) return "";
  return std::string("no S3 server at ") + kServer + "; tools/setup --check builds it";
}

S3TestServer::S3TestServer()
    : folder_(std::filesystem::temp_directory_path() / "pomona-s3-XXXXXX") {
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder_);
  std::filesystem::create_directories(folder_ + "/objects/fruits");
  const int port = free_port();
  const std::string address = "127.0.0.1:" + std::to_string(port);
  const std::string objects = folder_ + "/objects";
  process_ = ::fork();
  if (process_ == 0) {
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    const S3Credentials keys = credentials();
    ::execl(kServer, kServer, "--access", keys.access_key_id.c_str(), "--secret",
            keys.secret_access_key.c_str(), "--port", address.c_str(), "posix", objects.c_str(),
            nullptr);
    ::_exit(127);
  }
  endpoint_ = "http://" + address;
  for (int i = 0; i < 500 && !accepts(port); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

S3TestServer::~S3TestServer() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

S3Credentials S3TestServer::credentials() { return {"test", "only for tests", ""}; }

std::shared_ptr<S3Client> S3TestServer::client() const {
  S3Options options;
  options.endpoint = endpoint_;
  options.retry.max_attempts = 3;
  return std::make_shared<S3Client>(options, "fruits", [](bool) { return credentials(); });
}

}  // namespace pomona
