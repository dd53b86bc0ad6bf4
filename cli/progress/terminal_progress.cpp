// SPDX-License-Identifier: Apache-2.0
#include "progress/terminal_progress.h"

#include <algorithm>
#include <cstdio>

#include "field_flags.h"
#include "pomona/base/printable.h"
#include "secrets.h"

namespace pomona::cli {
namespace {

constexpr auto kBarEvery = std::chrono::milliseconds(100);
constexpr auto kLineEvery = std::chrono::seconds(10);
constexpr int kBarWidth = 28;

double seconds_between(std::chrono::steady_clock::time_point a,
                       std::chrono::steady_clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

std::string duration_text(double seconds) {
  char text[32];
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  }
  return text;
}

std::string bar(double share) {
  const int filled = static_cast<int>(share * kBarWidth);
  std::string text;
  for (int i = 0; i < kBarWidth; ++i) text += i < filled ? "█" : "░";
  return text;
}

}  // namespace

TerminalProgress::TerminalProgress(bool is_terminal, bool log_timing)
    : is_terminal_(is_terminal), log_timing_(log_timing) {}

TerminalProgress::~TerminalProgress() { finish(); }

void TerminalProgress::finish() {
  const std::lock_guard lock(mutex_);
  end_stage();
}

void TerminalProgress::begin(std::string_view stage, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  end_stage();
  stage_ = stage;
  total_ = total;
  done_ = 0;
  started_ = Clock::now();
  shown_ = started_;
  if (is_terminal_) show(started_);
}

void TerminalProgress::advance(std::uint64_t items) {
  const std::lock_guard lock(mutex_);
  done_ += items;
  const Clock::time_point now = Clock::now();
  if (is_terminal_ ? now - shown_ >= kBarEvery : now - shown_ >= kLineEvery) show(now);
}

void TerminalProgress::note(std::string_view sentence) {
  const std::lock_guard lock(mutex_);
  print_line(printable(sentence));
}

void TerminalProgress::warn(std::string_view sentence) {
  const std::lock_guard lock(mutex_);
  print_line("warning: " + printable(with_flags(sentence)));
}

void TerminalProgress::error(ErrorKind /*kind*/, std::string_view message) {
  const std::lock_guard lock(mutex_);
  end_stage();
  print_line("pomona: " + printable(without_secrets(with_flags(message))));
}

void TerminalProgress::usage_error(const std::string& command, const std::string& problem) {
  const std::lock_guard lock(mutex_);
  end_stage();
  print_line(command + ": " + without_secrets(problem) + "; `" + command + " --help` explains");
}

void TerminalProgress::end_stage() {
  if (stage_.empty()) return;
  const double seconds = seconds_between(started_, Clock::now());
  if (is_terminal_) std::fputs("\r\033[K", stderr);
  if (log_timing_ || (!is_terminal_ && seconds >= 1)) {
    std::fprintf(stderr, "%s: %s%.2f s\n", stage_.c_str(),
                 done_ > 0 ? (std::to_string(done_) + " in ").c_str() : "", seconds);
  }
  stage_.clear();
}

void TerminalProgress::print_line(std::string_view text) {
  if (is_terminal_) std::fputs("\r\033[K", stderr);
  std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

std::string TerminalProgress::status(Clock::time_point now) const {
  if (done_ == 0) return stage_ + " …";
  const double seconds = std::max(seconds_between(started_, now), 1e-3);
  const double rate = static_cast<double>(done_) / seconds;
  char text[96];
  if (total_ == 0) {
    std::snprintf(text, sizeof text, "%s %llu, %.0f/s", stage_.c_str(),
                  static_cast<unsigned long long>(done_), rate);
    return text;
  }
  const double left = static_cast<double>(total_ - std::min(done_, total_)) / rate;
  std::snprintf(text, sizeof text, " %llu of %llu, %.0f/s, %s left",
                static_cast<unsigned long long>(done_), static_cast<unsigned long long>(total_),
                rate, duration_text(left).c_str());
  const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
  return stage_ + " " + (is_terminal_ ? bar(share) : "") + text;
}

void TerminalProgress::show(Clock::time_point now) {
  shown_ = now;
  if (is_terminal_) {
    std::fprintf(stderr, "\r\033[K%s", status(now).c_str());
    std::fflush(stderr);
  } else {
    print_line(status(now));
  }
}

}  // namespace pomona::cli
