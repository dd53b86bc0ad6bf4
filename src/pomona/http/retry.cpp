// SPDX-License-Identifier: Apache-2.0
#include "pomona/http/retry.h"

#include <algorithm>
#include <cstdint>

#include "pomona/base/bounds.h"

namespace pomona {
namespace {

using std::chrono::milliseconds;

// Answers that were under way when the limit fell shall not let it fall again.
constexpr milliseconds kBetweenFalls{100};

}  // namespace

void RetryOptions::check() const {
  constexpr std::int64_t kHour = 3'600'000;
  check_range("max_attempts", max_attempts, 1, 1000);
  check_range<std::int64_t>("first_delay", first_delay.count(), 0, kHour, " ms");
  check_range<std::int64_t>("longest_delay", longest_delay.count(), 0, kHour, " ms");
  check_range<std::int64_t>("deadline", deadline.count(), 1, 24 * kHour, " ms");
}

milliseconds Attempts::time_left() const {
  const auto spent = std::chrono::duration_cast<milliseconds>(Clock::now() - start_);
  return std::max(milliseconds{0}, options_.deadline - spent);
}

milliseconds Attempts::next_delay(milliseconds asked) {
  ++made_;
  if (made_ >= options_.max_attempts) return milliseconds{-1};
  const double exponential = static_cast<double>(options_.first_delay.count()) *
                             static_cast<double>(std::uint64_t{1} << std::min(made_ - 1, 20));
  const double widest = std::min(exponential, static_cast<double>(options_.longest_delay.count()));
  const milliseconds jittered{static_cast<std::int64_t>(random_.uniform() * widest)};
  const milliseconds delay = std::max(jittered, asked);
  return delay < time_left() ? delay : milliseconds{-1};
}

void InFlightLimit::enter() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return static_cast<double>(in_flight_) < std::max(1.0, limit_); });
  ++in_flight_;
}

void InFlightLimit::leave(bool overloaded) {
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    if (!overloaded) {
      limit_ = std::min(most_, limit_ + 1 / limit_);
    } else if (const auto now = std::chrono::steady_clock::now();
               now - last_fall_ > kBetweenFalls) {
      limit_ = std::max(1.0, limit_ / 2);
      last_fall_ = now;
    }
  }
  room_.notify_all();
}

std::size_t InFlightLimit::limit() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(limit_);
}

}  // namespace pomona
