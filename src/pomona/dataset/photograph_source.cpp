// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/photograph_source.h"

#include <utility>

#include "pomona/base/error.h"
#include "pomona/image/decode_limits.h"
#include "pomona/storage/read_failure.h"

namespace pomona {

PhotographSource::PhotographSource(const ImageRoots& roots, const Manifest& manifest,
                                   ScratchVector<std::size_t> rows, std::uint64_t max_bytes,
                                   const StartThread& start)
    : roots_(roots), manifest_(manifest), max_bytes_(max_bytes), order_(std::move(rows)) {
  const std::size_t readers = roots.concurrent_reads();
  readers_.reserve(readers);
  try {
    while (readers_.size() < readers) readers_.push_back(start([this] { read_ahead(); }));
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // The system allows no more threads. To throw would wait for ever: those that run wait for
    // room.
  }
}

PhotographSource::~PhotographSource() { abort(); }

void PhotographSource::abort(std::exception_ptr cause) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) cause_ = std::move(cause);
    stopped_ = true;
  }
  changed_.notify_all();
}

std::optional<FileFailure> PhotographSource::read(std::size_t row, std::string& bytes) {
  if (readers_.empty()) return read_file(manifest_.rows[row], bytes);
  std::unique_lock lock(mutex_);
  const auto is_done = [&] {
    const auto slot = slots_.find(row);
    return slot != slots_.end() && slot->second.done;
  };
  changed_.wait(lock, [&] { return stopped_ || is_done(); });
  if (!is_done()) {
    if (cause_) std::rethrow_exception(cause_);
    throw Error(ErrorKind::kInterrupted, "reading photographs: stopped");
  }
  const auto slot = slots_.extract(row);
  held_ -= manifest_.rows[row].bytes;
  lock.unlock();
  changed_.notify_all();
  if (slot.mapped().error) std::rethrow_exception(slot.mapped().error);
  std::swap(bytes, slot.mapped().bytes);
  return std::move(slot.mapped().failure);
}

std::optional<FileFailure> PhotographSource::read_file(const ManifestRow& row,
                                                       std::string& bytes) const {
  try {
    roots_.store(row.split).read(row.path, kMaxPhotographBytes, bytes, row.version);
    return std::nullopt;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInterrupted) throw;
    return FileFailure{row.split, std::string(row.path), "read", read_failure_kind(error.kind()),
                       error.what()};
  }
}

bool PhotographSource::may_start() const {
  if (next_ == order_.size()) return true;  // to end
  return held_ == 0 || held_ + manifest_.rows[order_[next_]].bytes <= max_bytes_;
}

void PhotographSource::read_ahead() {
  try {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return stopped_ || may_start(); });
      if (stopped_ || next_ == order_.size()) return;
      const std::size_t row = order_[next_++];
      held_ += manifest_.rows[row].bytes;
      Slot& slot = slots_[row];  // stays in its place: the map never moves what it holds
      lock.unlock();
      try {
        slot.failure = read_file(manifest_.rows[row], slot.bytes);  // nobody looks before `done`
      } catch (...) {
        slot.error = std::current_exception();
      }
      lock.lock();
      slot.done = true;
      changed_.notify_all();
    }
  } catch (
      ...) {  // no memory for a slot: an exception that leaves the thread would end the process
    abort(std::current_exception());
  }
}

}  // namespace pomona
