// SPDX-License-Identifier: Apache-2.0
// Progress and errors for a program: one JSON object a line on standard error, as docs/formats.md
// describes them. Messages name fields of options, not flags. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "pomona/base/json.h"
#include "reporter.h"

namespace pomona::cli {

class JsonProgress final : public Reporter {
 public:
  JsonProgress() = default;
  JsonProgress(const JsonProgress&) = delete;
  JsonProgress& operator=(const JsonProgress&) = delete;
  ~JsonProgress() override;

  void begin(std::string_view stage, std::uint64_t total) override;
  void advance(std::uint64_t items) override;
  void note(std::string_view sentence) override;
  void warn(std::string_view sentence) override;
  void finish() override;
  void error(ErrorKind kind, std::string_view message) override;
  void usage_error(const std::string& command, const std::string& problem) override;

 private:
  using Clock = std::chrono::steady_clock;

  void end_stage();
  void print_message(std::string_view event, std::string_view message);

  std::mutex mutex_;
  std::string stage_;
  std::uint64_t done_ = 0;
  Clock::time_point started_;
  Clock::time_point shown_;
};

}  // namespace pomona::cli
