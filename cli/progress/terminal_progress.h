// SPDX-License-Identifier: Apache-2.0
// Progress on standard error: a bar with rate and time left on a terminal, a plain line now and
// then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "reporter.h"

namespace pomona::cli {

class TerminalProgress final : public Reporter {
 public:
  TerminalProgress(bool is_terminal, bool log_timing);
  ~TerminalProgress() override;

  void begin(std::string_view stage, std::uint64_t total) override;
  void advance(std::uint64_t items) override;
  void note(std::string_view sentence) override;
  void warn(std::string_view sentence) override;
  // Ends the last stage and its line.
  void finish() override;
  // Come after the progress, on a line of their own.
  void error(ErrorKind kind, std::string_view message) override;
  void usage_error(const std::string& command, const std::string& problem) override;

 private:
  using Clock = std::chrono::steady_clock;

  void end_stage();
  void show(Clock::time_point now);
  void print_line(std::string_view text);
  std::string status(Clock::time_point now) const;

  bool is_terminal_;
  bool log_timing_;
  std::mutex mutex_;
  std::string stage_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  Clock::time_point started_;
  Clock::time_point shown_;
};

}  // namespace pomona::cli
