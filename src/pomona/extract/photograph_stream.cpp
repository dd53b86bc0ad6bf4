// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/photograph_stream.h"

#include <system_error>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/stop.h"
#include "pomona/features/photograph_featurizer.h"
#include "pomona/storage/store_opener.h"

namespace pomona {
namespace {

// One worker's way through a block.
class BlockFeaturizer {
 public:
  BlockFeaturizer(const CropNetworks& networks, const ExtractSetup& setup,
                  const DecodeLimits& limits)
      : limits_(limits), featurizer_(networks, setup, networks.every_crop(), {}) {}

  StreamedBlock featurize(const std::vector<StreamedPhotograph>& photographs,
                          const std::vector<std::size_t>& slots, const std::stop_token& stop) {
    featurizer_.use(slots);
    StreamedBlock block;
    block.photographs = photographs.size();
    featurizer_.reserve(photographs.size());
    try {
      for (std::size_t i = 0; i < photographs.size(); ++i) {
        throw_if_stopped(stop);
        std::visit([&](const auto& photograph) { add(i, photograph, block); }, photographs[i]);
      }
      block.features = featurizer_.finish();
    } catch (...) {
      featurizer_.abandon();
      throw;
    }
    return block;
  }

 private:
  void add(std::size_t number, const std::string& bytes, StreamedBlock& block) {
    const auto added = featurizer_.add(bytes, limits_);
    if (added) {
      block.rows.push_back(number);
      block.damage.push_back(added->damage);
    } else {
      block.failures.push_back({number, "decode",
                                std::string(decode_failure_name(added.error().kind)),
                                added.error().message});
    }
  }

  void add(std::size_t number, const PhotographFile& file, StreamedBlock& block) {
    std::string bytes;
    try {
      bytes = read_place(file.path, kMaxPhotographBytes, *local_store_opener());
    } catch (const Error& error) {
      block.failures.push_back(
          {number, "read", std::string(error_kind_name(error.kind())), error.what()});
      return;
    }
    add(number, bytes, block);
  }

  void add(std::size_t number, const Image& image, StreamedBlock& block) {
    featurizer_.add(image);
    block.rows.push_back(number);
    block.damage.push_back(0);
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
  for (std::size_t i = 0; i < networks_.networks_.slots(); ++i) {
    try {
      workers_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      if (workers_.empty()) {
        throw Error(ErrorKind::kUnavailable,
                    "featurizing photographs: the system starts no more threads; end other "
                    "processes, or raise the limit (ulimit -u, pids of a container)");
      }
      break;  // the others do the work
    }
  }
}

PhotographStream::~PhotographStream() {
  stop_.request_stop();
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

void PhotographStream::submit(std::vector<StreamedPhotograph> photographs) {
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
  try {
    BlockFeaturizer featurizer(networks_.networks_, networks_.setup_, limits_);
    Job job;
    while (take(job)) {
      const SlotPool::Lease lease = networks_.pool_.take(1, stop_.get_token());
      StreamedBlock block =
          featurizer.featurize(job.photographs, lease.slots(), stop_.get_token());
      const std::lock_guard lock(mutex_);
      done_.emplace(job.number, std::move(block));
      changed_.notify_all();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
    changed_.notify_all();
  }
}

}  // namespace pomona
