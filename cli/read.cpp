// SPDX-License-Identifier: Apache-2.0
// `pomona read`: single objects for a program that links no network client. The Python package
// keeps one such process and asks it for object after object.
//
// A request on standard input is the length of a place (4 bytes, little-endian) and the place:
// "s3://bucket/key", or the path of a file in the bytes of the file system. An answer on standard
// output is one byte, a length (8 bytes, little-endian), and so many bytes: after 0 those of the
// object, after 1 an object of JSON with `kind` and `message` of the failure. Answers come in the
// order of the requests, one for each. The process reads requests as they come, however many, so
// that who writes them all before it reads an answer waits for nobody.
//
// It ends when its input ends and all is answered, or nobody reads its output any more, or its
// parent ends.
#include "pomona/storage/read_places.h"

#include <malloc.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>
#include <string_view>

#include "command.h"
#include "exit_code.h"
#include "field_flags.h"
#include "flags.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "secrets.h"

namespace pomona::cli {
namespace {

constexpr std::size_t kMostPlaceBytes = 64UL << 10U;
constexpr std::size_t kInputBytes = 64UL << 10U;
constexpr int kMillisecondsToStop = 100;  // between two looks whether the parent has ended

// The number in little-endian bytes, whatever this machine has.
template <std::size_t N>
std::array<char, N> bytes_of(std::uint64_t number) {
  std::array<char, N> bytes{};
  for (char& byte : bytes) {
    byte = static_cast<char>(number & 255U);
    number >>= 8U;
  }
  return bytes;
}

// Requests of standard input. Used by one thread.
class Requests {
 public:
  explicit Requests(pid_t parent) : parent_(parent) {}

  std::optional<std::string> next(const std::stop_token& stop) {
    if (!fill(kLengthBytes, stop)) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = kLengthBytes; i-- > 0;) {
      length = length << 8U | static_cast<unsigned char>(buffer_[begin_ + i]);
    }
    if (length > kMostPlaceBytes) {
      throw Error(ErrorKind::kInvalidInput,
                  "reading requests from standard input: expected a place of at most " +
                      std::to_string(kMostPlaceBytes) + " bytes, found a length of " +
                      std::to_string(length) +
                      "; a place is preceded by its length in 4 bytes, little-endian");
    }
    begin_ += kLengthBytes;
    if (!fill(length, stop)) {
      if (stop.stop_requested()) return std::nullopt;
      fail_cut();
    }
    std::string place = buffer_.substr(begin_, length);
    begin_ += length;
    return place;
  }

 private:
  static constexpr std::size_t kLengthBytes = 4;

  [[noreturn]] static void fail_cut() {
    throw Error(ErrorKind::kInvalidInput,
                "reading requests from standard input: it ended within a request");
  }

  // Until so many bytes are there. False at the end of the input, or when asked to stop.
  bool fill(std::size_t count, const std::stop_token& stop) {
    while (buffer_.size() - begin_ < count) {
      if (!wait(stop)) return false;
      buffer_.erase(0, begin_);
      begin_ = 0;
      const std::size_t size = buffer_.size();
      buffer_.resize(size + kInputBytes);
      const ssize_t got = ::read(STDIN_FILENO, buffer_.data() + size, kInputBytes);
      buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0 && errno != EINTR) {
        throw Error(ErrorKind::kUnavailable,
                    std::string("reading requests from standard input: ") + std::strerror(errno));
      }
      if (got == 0) {
        if (!buffer_.empty() && count == kLengthBytes) fail_cut();
        return false;
      }
    }
    return true;
  }

  // Until there is input. False when asked to stop. Throws interrupted when the parent has ended.
  bool wait(const std::stop_token& stop) const {
    for (;;) {
      if (stop.stop_requested()) return false;
      if (parent_ != 0 && getppid() != parent_) {
        throw Error(ErrorKind::kInterrupted, "reading objects: the process that asks has ended");
      }
      pollfd input{STDIN_FILENO, POLLIN, 0};
      if (::poll(&input, 1, kMillisecondsToStop) > 0) return true;
    }
  }

  pid_t parent_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not used yet
};

// False when nobody reads it any more.
bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EPIPE) return false;
    if (written < 0 && errno != EINTR) {
      throw Error(ErrorKind::kUnavailable,
                  std::string("writing answers to standard output: ") + std::strerror(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

bool write_answer(const ReadAnswer& answer) {
  std::string failure;
  if (answer.failure) {
    const Json json = {{"kind", answer.failure->kind},
                       {"message", with_fields(without_secrets(answer.failure->message))}};
    failure = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  const std::string_view content = answer.failure ? failure : answer.bytes;
  std::string head(1, answer.failure ? '\1' : '\0');
  const auto size = bytes_of<8>(content.size());
  head.append(size.data(), size.size());
  return write_all(head) && write_all(content);
}

int read_all(ReadOptions options, const S3StoreOptions& stores, Session& session) {
  // The thread that started this process may end before its process does, and another ask here.
  if (session.parent != 0) prctl(PR_SET_PDEATHSIG, 0);
  // Else each of some 16 threads keeps the memory of the last objects that it read.
  mallopt(M_ARENA_MAX, 1);
  std::stop_source ending;
  const std::stop_callback on_stop(session.stop, [&] { ending.request_stop(); });
  Session own = session;
  own.stop = ending.get_token();  // also of what is under way when nobody waits for it any more
  options.stores = store_opener(stores, own);
  Requests requests(session.parent);
  bool any_reads = true;
  std::exception_ptr cause;  // what is wrong with the requests
  const auto next = [&](const std::stop_token& stop) -> std::optional<std::string> {
    try {
      return requests.next(stop);
    } catch (...) {
      cause = std::current_exception();
      ending.request_stop();
      throw;
    }
  };
  const auto take = [&](const ReadAnswer& answer) {
    any_reads = write_answer(answer);
    if (!any_reads) ending.request_stop();
  };
  try {
    read_places(options, next, take, own.stop);
  } catch (const Error&) {
    if (cause) std::rethrow_exception(cause);
    if (any_reads) throw;
  }
  return kExitOk;
}

}  // namespace

void add_read(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "read", "For programs: answer with the bytes of objects that standard input names");
  command->group("");  // not in the list of verbs
  auto options = std::make_shared<ReadOptions>();
  command
      ->add_option("--max-bytes", options->max_bytes,
                   "Bytes of one object; a larger one is a failure")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--max-bytes-ahead", options->max_bytes_ahead,
                   "Bytes of all objects that are read before it is their turn")
      ->type_name("N")
      ->capture_default_str();
  const auto stores = add_store_flags(*command);
  command->footer("Requests and answers are described in docs/formats.md.");
  command->callback([&chosen, options, stores] {
    chosen = [options, stores](Session& session) { return read_all(*options, *stores, session); };
  });
}

}  // namespace pomona::cli
