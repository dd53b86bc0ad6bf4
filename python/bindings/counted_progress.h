// SPDX-License-Identifier: Apache-2.0
// How far a task of the core is, and what it warns of. The task's threads count, the thread of
// Python looks.
#pragma once

#include <nanobind/nanobind.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "background.h"
#include "pomona/base/progress.h"

namespace pomona::python {

class Counted : public Progress {
 public:
  void begin(std::string_view stage, std::uint64_t total) override {
    const std::lock_guard lock(mutex_);
    stage_ = stage;
    done_ = 0;
    total_ = total;
  }
  void advance(std::uint64_t items) override { done_ += items; }
  void warn(std::string_view sentence) override {
    const std::lock_guard lock(mutex_);
    warnings_.emplace_back(sentence);
  }

  std::string stage() const {
    const std::lock_guard lock(mutex_);
    return stage_;
  }
  std::uint64_t done() const { return done_; }
  std::uint64_t total() const { return total_; }
  std::vector<std::string> warnings() const {
    const std::lock_guard lock(mutex_);
    return warnings_;
  }

 private:
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::uint64_t> total_ = 0;
  mutable std::mutex mutex_;
  std::string stage_;  // "": none has begun
  std::vector<std::string> warnings_;
};

// Calls `watch` with the stage, how many of its items are done and how many there are; none where
// that is None. `watch` outlives what is returned.
inline Watch watch_of(const std::shared_ptr<Counted>& counted, const nanobind::object& watch) {
  if (watch.is_none()) return {};
  return [counted, &watch] { watch(counted->stage(), counted->done(), counted->total()); };
}

}  // namespace pomona::python
