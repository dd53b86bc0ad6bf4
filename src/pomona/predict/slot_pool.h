// SPDX-License-Identifier: Apache-2.0
// Which slots of the networks are free. Requests from many threads wait here for one; a request
// that comes while nobody waits gets as many as it can use, so that it alone is answered by every
// core. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <stop_token>
#include <vector>

namespace pomona {

class SlotPool {
 public:
  explicit SlotPool(std::size_t slots);

  // Slots that are the holder's until it goes.
  class Lease {
   public:
    Lease(SlotPool& pool, std::vector<std::size_t> slots) : pool_(pool), slots_(std::move(slots)) {}
    ~Lease() { pool_.give_back(slots_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    const std::vector<std::size_t>& slots() const { return slots_; }

   private:
    SlotPool& pool_;
    std::vector<std::size_t> slots_;
  };

  // From one to `wanted` slots. Waits for the first; throws interrupted when asked to stop
  // meanwhile.
  Lease take(std::size_t wanted, const std::stop_token& stop);
  // Every slot where all of them are free when it comes; otherwise one, for which it waits.
  Lease take_all_or_one(const std::stop_token& stop);

  std::size_t slots() const { return slots_; }

 private:
  void wait_for_turn(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  void wake_first() noexcept;
  void give_back(const std::vector<std::size_t>& slots) noexcept;

  std::size_t slots_;
  std::mutex mutex_;
  std::vector<std::size_t> free_;
  std::list<std::condition_variable_any*> waiting_;  // in the order in which they came
};

}  // namespace pomona
