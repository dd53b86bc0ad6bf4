// SPDX-License-Identifier: Apache-2.0
// Photographs that come one after the other, from anywhere, to rows of features: for callers that
// have no store and no manifest. Blocks of photographs are computed by several workers and come
// back in their order; what is held is bounded by whoever submits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "pomona/features/crop_networks.h"
#include "pomona/features/extract_setup.h"
#include "pomona/features/photograph.h"
#include "pomona/image/decode_limits.h"
#include "pomona/predict/slot_pool.h"

namespace pomona {

struct StreamFailure {
  std::size_t photograph = 0;  // its number in the block
  PhotographFailure failure;
};

// Of one submit().
struct StreamedBlock {
  std::size_t photographs = 0;
  std::vector<std::size_t> rows;  // numbers of the photographs that have a row, ascending
  std::vector<float> features;    // rows × ExtractSetup::row_width()
  std::vector<double> damage;     // one a row: the share of the picture that is lost
  std::vector<StreamFailure> failures;
};

// The networks of a setup, compiled once. Any thread, any number of streams at once.
class StreamNetworks {
 public:
  // Throws what `make` throws.
  explicit StreamNetworks(ExtractSetup setup, const MakeNetworks& make = make_networks);
  StreamNetworks(const StreamNetworks&) = delete;
  StreamNetworks& operator=(const StreamNetworks&) = delete;

  const ExtractSetup& setup() const { return setup_; }

 private:
  friend class PhotographStream;
  ExtractSetup setup_;
  CropNetworks networks_;
  SlotPool pool_;
};

// Used by one thread at a time. What it has not returned when it ends is dropped; it then waits for
// the photographs that are under way.
class PhotographStream {
 public:
  // The networks outlive it. Throws invalid_input for limits out of range, unavailable when no
  // thread can be started.
  PhotographStream(StreamNetworks& networks, const DecodeLimits& limits);
  ~PhotographStream();
  PhotographStream(const PhotographStream&) = delete;
  PhotographStream& operator=(const PhotographStream&) = delete;

  // Returns at once.
  void submit(std::vector<Photograph> photographs);
  // Blocks submitted and not yet returned by next().
  std::size_t pending() const { return submitted_ - returned_; }
  // Enough blocks to keep every worker busy.
  std::size_t enough() const { return workers_.size() + 1; }
  // The block submitted first of those pending; waits for it, at most `wait`: none, it is not ready
  // yet. Throws what the network throws, and then for every block after it as well.
  std::optional<StreamedBlock> next(std::chrono::milliseconds wait);

  // Ends it early, without waiting: nothing is returned any more.
  void stop();
  // Has all work ended, after stop() or an exception? Then its end waits for nothing.
  bool is_idle();

 private:
  struct Job {
    std::size_t number = 0;
    std::vector<Photograph> photographs;
  };
  void start_workers();
  void work();
  void compute_blocks();
  bool take(Job& job);

  StreamNetworks& networks_;
  DecodeLimits limits_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::map<std::size_t, StreamedBlock> done_;
  std::exception_ptr error_;
  bool ending_ = false;
  std::size_t working_ = 0;  // workers that have not ended
  std::size_t submitted_ = 0;
  std::size_t returned_ = 0;
  std::vector<std::jthread> workers_;
};

}  // namespace pomona
