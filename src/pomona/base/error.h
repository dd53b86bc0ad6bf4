// SPDX-License-Identifier: Apache-2.0
// What ends a run or a request: one exception class with a kind. What is expected per item (one
// broken photograph) is a value instead: see base/expected.h. Any thread.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace pomona {

// Every front (CLI, service, Python) keeps exactly one table from these kinds to its own codes.
enum class ErrorKind {
  kInvalidInput,  // the caller asked for something that cannot be done as asked
  kNotFound,      // a named thing does not exist
  kUnavailable,   // it exists but cannot be reached or written now: a broken network, a full disk
  kDenied,        // who asks may not
  kTimedOut,      // no answer in time
  kReplaced,      // it was replaced by another version while in use
  kCorrupt,       // stored data is not what it was when written
  kInterrupted,   // the caller asked to stop
  kInternal,      // a bug of ours
};

// "invalid_input", "not_found", …: for logs and answers of fronts, and for tests.
std::string_view error_kind_name(ErrorKind kind);

// The message says what was attempted, on which object, what was expected and found, and what to
// do.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace pomona
