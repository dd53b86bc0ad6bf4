// SPDX-License-Identifier: Apache-2.0
// Workers finish numbered blocks in any order; the consumer gets them in the order of their
// numbers. No thread of its own: whoever delivers the block that is due consumes it and those
// waiting behind it, while the others go on working.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace pomona {

template <class Block>
class OrderedBlocks {
 public:
  // consume is never called by two threads at once. deliver() holds back whoever runs more than
  // max_waiting blocks ahead.
  OrderedBlocks(std::function<void(Block&)> consume, std::size_t max_waiting)
      : consume_(std::move(consume)), max_waiting_(max_waiting) {}

  // Every number from 0 exactly once. Throws what consume throws.
  void deliver(std::size_t number, Block block) {
    std::unique_lock lock(mutex_);
    waiting_.emplace(number, std::move(block));
    room_.wait(lock, [&] { return aborted_ || number < due_ + max_waiting_; });
    if (consuming_) return;
    consuming_ = true;
    for (auto next = waiting_.find(due_); next != waiting_.end() && !aborted_;
         next = waiting_.find(due_)) {
      Block ready = std::move(next->second);
      waiting_.erase(next);
      lock.unlock();
      consume_(ready);  // when it throws, consuming_ stays set: no later block is consumed
      lock.lock();
      ++due_;
      room_.notify_all();
    }
    consuming_ = false;
  }

  // Lets go of everyone who is held back, after a worker has failed.
  void abort() {
    const std::lock_guard lock(mutex_);
    aborted_ = true;
    room_.notify_all();
  }

 private:
  std::function<void(Block&)> consume_;
  std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::map<std::size_t, Block> waiting_;
  std::size_t due_ = 0;
  bool consuming_ = false;
  bool aborted_ = false;
};

}  // namespace pomona
