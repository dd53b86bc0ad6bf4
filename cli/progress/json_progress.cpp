// SPDX-License-Identifier: Apache-2.0
#include "progress/json_progress.h"

#include <cstdio>

#include "field_flags.h"
#include "secrets.h"

namespace pomona::cli {
namespace {

constexpr auto kEventEvery = std::chrono::milliseconds(100);

// One call, so that what a library prints from another thread does not break the line.
void print_event(const Json& event) {
  const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

JsonProgress::~JsonProgress() { finish(); }

void JsonProgress::begin(std::string_view stage, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  end_stage();
  stage_ = stage;
  done_ = 0;
  started_ = Clock::now();
  shown_ = started_;
  print_event({{"event", "begin"}, {"stage", stage_}, {"total", total}});
}

void JsonProgress::advance(std::uint64_t items) {
  const std::lock_guard lock(mutex_);
  done_ += items;
  const Clock::time_point now = Clock::now();
  if (now - shown_ < kEventEvery) return;
  shown_ = now;
  print_event({{"event", "advance"}, {"done", done_}});
}

void JsonProgress::note(std::string_view sentence) {
  const std::lock_guard lock(mutex_);
  print_message("note", sentence);
}

void JsonProgress::warn(std::string_view sentence) {
  const std::lock_guard lock(mutex_);
  print_message("warning", sentence);
}

void JsonProgress::finish() {
  const std::lock_guard lock(mutex_);
  end_stage();
}

void JsonProgress::error(ErrorKind kind, std::string_view message) {
  const std::lock_guard lock(mutex_);
  end_stage();
  print_event({{"event", "error"},
               {"kind", error_kind_name(kind)},
               {"message", with_fields(without_secrets(message))}});
}

void JsonProgress::usage_error(const std::string& command, const std::string& problem) {
  error(ErrorKind::kInvalidInput, command + ": " + problem);
}

void JsonProgress::end_stage() {
  if (stage_.empty()) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  print_event({{"event", "end"}, {"stage", stage_}, {"done", done_}, {"seconds", seconds}});
  stage_.clear();
}

void JsonProgress::print_message(std::string_view event, std::string_view message) {
  print_event({{"event", event}, {"message", without_secrets(message)}});
}

}  // namespace pomona::cli
