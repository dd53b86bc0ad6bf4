// SPDX-License-Identifier: Apache-2.0
// Reads the next batch of a table on another thread while the caller works on the current one:
// unpacking a feature table takes about as long as projecting it. Where no thread can be started,
// the caller reads by itself. Used by one thread.
#pragma once

#include <functional>
#include <future>
#include <system_error>
#include <utility>

namespace pomona {

// How ReadAhead runs what it reads: throws std::system_error when there can be no thread.
struct OnAnotherThread {
  std::future<bool> operator()(std::function<bool()> read) const {
    return std::async(std::launch::async, std::move(read));
  }
};

// Reader: a TableReader of Batch, which nobody else uses meanwhile and which outlives this object.
// Tests replace Start.
template <class Reader, class Batch, class Start = OnAnotherThread>
class ReadAhead {
 public:
  explicit ReadAhead(Reader& reader) : reader_(reader) { start(); }

  // Replaces `batch` by the next one; false at the end. Throws what the reader throws.
  bool next(Batch& batch) {
    if (!reading_.valid() || !reading_.get()) return false;
    std::swap(batch, ahead_);
    start();
    return true;
  }

 private:
  void start() {
    const auto read = [this] { return reader_.next(ahead_); };
    try {
      reading_ = Start()(read);
    } catch (const std::system_error&) {
      reading_ = std::async(std::launch::deferred, read);  // next() then reads
    }
  }

  Reader& reader_;
  Batch ahead_;
  std::future<bool> reading_;  // its destructor waits
};

}  // namespace pomona
