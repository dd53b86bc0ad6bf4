// SPDX-License-Identifier: Apache-2.0
// What the command writes to standard error: progress, and the error that ends it. `--progress`
// chooses between its two forms, for people and for programs. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "pomona/base/error.h"
#include "pomona/base/progress.h"

namespace pomona::cli {

class Reporter : public Progress {
 public:
  // Ends the last stage.
  virtual void finish() = 0;
  // What ended the command.
  virtual void error(ErrorKind kind, std::string_view message) = 0;
  // What is wrong with the words after `command`, such as "pomona run".
  virtual void usage_error(const std::string& command, const std::string& problem) = 0;
};

}  // namespace pomona::cli
