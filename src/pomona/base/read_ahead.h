// SPDX-License-Identifier: Apache-2.0
// Reads the next batch of a table on another thread while the caller works on the current one:
// unpacking a feature table takes about as long as projecting it.
#pragma once

#include <future>
#include <utility>

namespace pomona {

// Reader: a TableReader of Batch, which nobody else uses meanwhile and which outlives this object.
template <class Reader, class Batch>
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
    reading_ = std::async(std::launch::async, [this] { return reader_.next(ahead_); });
  }

  Reader& reader_;
  Batch ahead_;
  std::future<bool> reading_;  // its destructor waits
};

}  // namespace pomona
