// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/photograph_stream.h"

#include <system_error>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/stop.h"
#include "pomona/features/photograph_featurizer.h"

namespace pomona {
namespace {

// One worker's way through a block.
class BlockFeaturizer {
 public:
  BlockFeaturizer(const CropNetworks& networks, const ExtractSetup& setup,
                  const DecodeLimits& limits)
      : limits_(limits), featurizer_(networks, setup, networks.every_crop(), {}) {}

  StreamedBlock featurize(const std::vector<Photograph>& photographs,
                          const std::vector<std::size_t>& slots, const std::stop_token& stop) {
    featurizer_.use(slots);
    StreamedBlock block;
    block.photographs = photographs.size();
    featurizer_.reserve(photographs.size());
    try {
      for (std::size_t i = 0; i < photographs.size(); ++i) {
        throw_if_stopped(stop);
        add(i, photographs[i], block);
      }
      block.features = featurizer_.finish();
    } catch (...) {
      featurizer_.abandon();
      throw;
    }
    return block;
  }

 private:
  void add(std::size_t number, const Photograph& photograph, StreamedBlock& block) {
    auto added = add_photograph(photograph, limits_, featurizer_);
    if (added) {
      block.rows.push_back(number);
      block.damage.push_back(added->damage);
    } else {
      block.failures.push_back({number, std::move(added.error())});
    }
  }

  const DecodeLimits& limits_;
  PhotographFeaturizer featurizer_;
};

}  // namespace

StreamNetworks::StreamNetworks(ExtractSetup setup, const MakeNetworks& make)
    : setup_(std::move(setup)), networks_(make(setup_)), pool_(networks_.slots()) {}

PhotographStream::PhotographStream(StreamNetworks& networks, const DecodeLimits& limits)
    : networks_(networks), limits_(limits) {
  limits_.check();
  try {
    start_workers();
  } catch (...) {
    stop();
    throw;
  }
}

void PhotographStream::start_workers() {
  const std::size_t wanted = networks_.networks_.slots();
  workers_.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::lock_guard lock(mutex_);
    try {
      workers_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      if (!workers_.empty()) return;  // the others do the work
      throw Error(ErrorKind::kUnavailable,
                  "featurizing photographs: the system starts no more threads; end other "
                  "processes, or raise the limit (ulimit -u, pids of a container)");
    }
    ++working_;
  }
}

PhotographStream::~PhotographStream() { stop(); }

void PhotographStream::stop() {
  stop_.request_stop();
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

bool PhotographStream::is_idle() {
  const std::lock_guard lock(mutex_);
  return working_ == 0;
}

void PhotographStream::submit(std::vector<Photograph> photographs) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back({submitted_++, std::move(photographs)});
  changed_.notify_all();
}

std::optional<StreamedBlock> PhotographStream::next(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [&] { return error_ || done_.contains(returned_); });
  if (const auto ready = done_.find(returned_); ready != done_.end()) {
    StreamedBlock block = std::move(ready->second);
    done_.erase(ready);
    ++returned_;
    return block;
  }
  if (error_) std::rethrow_exception(error_);
  return std::nullopt;
}

bool PhotographStream::take(Job& job) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ending_ || error_ || !jobs_.empty(); });
  if (ending_ || error_) return false;
  job = std::move(jobs_.front());
  jobs_.pop_front();
  return true;
}

void PhotographStream::work() {
  std::exception_ptr error;
  try {
    compute_blocks();
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = error;
  --working_;
  changed_.notify_all();
}

void PhotographStream::compute_blocks() {
  BlockFeaturizer featurizer(networks_.networks_, networks_.setup_, limits_);
  Job job;
  while (take(job)) {
    StreamedBlock block;
    {
      const SlotPool::Lease lease = networks_.pool_.take(1, stop_.get_token());
      block = featurizer.featurize(job.photographs, lease.slots(), stop_.get_token());
    }
    job.photographs.clear();  // they are held no longer than they are needed
    const std::lock_guard lock(mutex_);
    done_.emplace(job.number, std::move(block));
    changed_.notify_all();
  }
}

}  // namespace pomona
