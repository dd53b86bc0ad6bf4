// SPDX-License-Identifier: Apache-2.0
// What the local store needs of POSIX: descriptors that close themselves, and errors in words.
// Functions: any thread. A descriptor is used by one thread at a time, but its number by any.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>

#include "pomona/base/error.h"

namespace pomona {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  // The result of close(), 0 when there was nothing to close.
  int reset();

 private:
  int number_ = -1;
};

// openat() without the ways in which opening a file can do harm: waiting at a pipe, becoming the
// controlling terminal, leaking into child processes. Retries when a signal comes in between.
Descriptor open_at(int folder, const std::string& name, int flags, unsigned mode = 0);

// Distinguishes the content of a file from what it was at other times: when it was written, to the
// nanosecond as far as the file system knows.
std::string file_version(const struct stat& status);

// What kind of Error an errno is.
ErrorKind errno_kind(int error);

// "no such file or folder", "permission denied", …
std::string errno_text(int error);

// Throws the Error for `error`: "ACTION OBJECT: why; what to do".
[[noreturn]] void throw_errno(std::string_view action, std::string_view object, int error);

}  // namespace pomona
