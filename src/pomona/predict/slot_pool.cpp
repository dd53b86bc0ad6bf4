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
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  waiting_.insert(ticket);
  const bool is_free =
      freed_.wait(lock, stop, [&] { return !free_.empty() && *waiting_.begin() == ticket; });
  waiting_.erase(ticket);
  if (!waiting_.empty()) freed_.notify_all();  // another one is first now
  if (!is_free) throw Error(ErrorKind::kInterrupted, "waiting for the network: stopped as asked");
  const std::size_t count = waiting_.empty() ? std::clamp<std::size_t>(wanted, 1, free_.size()) : 1;
  std::vector<std::size_t> slots;
  slots.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    slots.push_back(free_.back());
    free_.pop_back();
  }
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

void SlotPool::give_back(const std::vector<std::size_t>& slots) noexcept {
  {
    const std::lock_guard lock(mutex_);
    free_.insert(free_.end(), slots.rbegin(), slots.rend());
  }
  freed_.notify_all();
}

}  // namespace pomona
