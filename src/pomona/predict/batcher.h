// SPDX-License-Identifier: Apache-2.0
// Joins requests that come at about the same time, so that they share batches of the network. Each
// has a future and an error of its own: what one photograph does never reaches another. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "pomona/predict/predict.h"

namespace pomona {

struct BatcherOptions {
  // Joined at most, up to 1024; 0: as many as fill a batch of the network.
  std::size_t max_photographs = 0;
  std::chrono::microseconds max_wait{2000};  // for company, from when a request comes; 0 to 1 s

  // Throws invalid_input that names the field.
  void check() const;
};

struct BatcherCounts {
  std::uint64_t requests = 0;  // that were answered, or failed
  std::uint64_t groups = 0;    // in which they were
};

class Batcher {
 public:
  // The predictor outlives it. Throws invalid_input for options out of range, unavailable when no
  // thread can be started.
  explicit Batcher(const Predictor& predictor, const BatcherOptions& options = {});
  // Requests that have no answer yet end with `interrupted`.
  ~Batcher();
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // Returns at once. The future gives the prediction, or throws what it failed with; `interrupted`
  // as soon as options.stop is asked for. Throws invalid_input for options out of range.
  std::future<Prediction> submit(std::string photograph, const PredictOptions& options = {});

  BatcherCounts counts() const;

 private:
  struct Request;
  using Group = std::vector<std::shared_ptr<Request>>;

  void work(Group& group);
  bool next_group(Group& group);
  void answer(const Group& group);
  void answer_alone(Request& request) const;

  const Predictor& predictor_;
  std::size_t max_photographs_;
  std::chrono::microseconds max_wait_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Request>> waiting_;
  BatcherCounts counts_;
  bool ending_ = false;
  std::vector<std::jthread> workers_;
};

}  // namespace pomona
