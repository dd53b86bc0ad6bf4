// SPDX-License-Identifier: Apache-2.0
// When to try again, and how many at a time: exponential back-off with full jitter under a total
// deadline (Brooker 2015, "Exponential backoff and jitter"), and a limit on requests in flight that
// grows by additions and falls by halves when the server is overloaded (AIMD: Chiu, Jain 1989).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "pomona/base/random.h"

namespace pomona {

struct RetryOptions {
  int max_attempts = 10;
  std::chrono::milliseconds first_delay{50};
  std::chrono::milliseconds longest_delay{5'000};
  std::chrono::milliseconds deadline{120'000};  // from the first attempt to the end of the last

  // Throws invalid_input that names the field.
  void check() const;
};

// The attempts of one operation. Used by one thread.
class Attempts {
 public:
  using Clock = std::chrono::steady_clock;

  Attempts(const RetryOptions& options, std::uint64_t seed)
      : options_(options), start_(Clock::now()), random_(seed) {}

  // Of the deadline; 0 when it has passed.
  std::chrono::milliseconds time_left() const;
  int made() const { return made_; }
  // Counts one attempt as made and returns how long to wait before the next: at least `asked` (what
  // a server says in Retry-After). Negative: there shall be no other.
  std::chrono::milliseconds next_delay(std::chrono::milliseconds asked);

 private:
  RetryOptions options_;
  Clock::time_point start_;
  Random random_;
  int made_ = 0;
};

// How many requests may be in flight at once. Any thread.
class InFlightLimit {
 public:
  explicit InFlightLimit(std::size_t most) : most_(static_cast<double>(most)), limit_(most_) {}

  // One request in flight, until it is destroyed. Used by one thread.
  class Slot {
   public:
    // Waits until there is room. `limit` outlives it.
    explicit Slot(InFlightLimit& limit) : limit_(limit) { limit_.enter(); }
    ~Slot() { limit_.leave(overloaded_); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    // The server asked for fewer requests.
    void set_overloaded() { overloaded_ = true; }

   private:
    InFlightLimit& limit_;
    bool overloaded_ = false;
  };

  std::size_t limit() const;

 private:
  void enter();
  void leave(bool overloaded);

  mutable std::mutex mutex_;
  std::condition_variable room_;
  double most_;
  double limit_;
  std::size_t in_flight_ = 0;
  std::chrono::steady_clock::time_point last_fall_{};
};

}  // namespace pomona
