// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/slot_pool.h"

#include <algorithm>

#include "pomona/base/error.h"

namespace pomona {

SlotPool::SlotPool(std::size_t slots) : slots_(slots) {
  free_.reserve(slots);  // giving back never allocates
  for (std::size_t slot = slots; slot > 0; --slot) free_.push_back(slot - 1);
}

SlotPool::Lease SlotPool::take(std::size_t wanted, const std::stop_token& stop) {
  std::vector<std::size_t> slots;
  slots.reserve(slots_);  // whoever has had its turn does not fail before the next one is woken
  std::unique_lock lock(mutex_);
  if (!waiting_.empty() || free_.empty()) wait_for_turn(lock, stop);
  const std::size_t count = waiting_.empty() ? std::clamp<std::size_t>(wanted, 1, free_.size()) : 1;
  for (std::size_t i = 0; i < count; ++i) {
    slots.push_back(free_.back());
    free_.pop_back();
  }
  wake_first();
  return {*this, std::move(slots)};
}

SlotPool::Lease SlotPool::take_all_or_one(const std::stop_token& stop) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() && free_.size() == slots_) {
      std::vector<std::size_t> slots = free_;
      free_.clear();
      return {*this, std::move(slots)};
    }
  }
  return take(1, stop);
}

void SlotPool::wait_for_turn(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  std::condition_variable_any turn;
  const auto mine = waiting_.insert(waiting_.end(), &turn);
  const bool is_free =
      turn.wait(lock, stop, [&] { return !free_.empty() && waiting_.begin() == mine; });
  waiting_.erase(mine);
  if (is_free) return;
  wake_first();
  throw Error(ErrorKind::kInterrupted, "waiting for the network: stopped as asked");
}

// Nobody else: there may be many, and each that wakes for nothing takes time from who computes.
void SlotPool::wake_first() noexcept {
  if (!free_.empty() && !waiting_.empty()) waiting_.front()->notify_one();
}

void SlotPool::give_back(const std::vector<std::size_t>& slots) noexcept {
  const std::lock_guard lock(mutex_);
  free_.insert(free_.end(), slots.rbegin(), slots.rend());
  wake_first();
}

}  // namespace pomona
