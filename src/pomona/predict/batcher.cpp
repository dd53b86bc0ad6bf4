// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/batcher.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

constexpr std::size_t kMostPhotographs = 1024;
constexpr std::chrono::microseconds kLongestWait{1'000'000};

Error stopped() {
  return Error(ErrorKind::kInterrupted, "predicting a photograph: stopped as asked");
}

}  // namespace

void BatcherOptions::check() const {
  check_range("max_photographs", max_photographs, 0, kMostPhotographs);
  check_range<std::int64_t>("max_wait", max_wait.count(), 0, kLongestWait.count(), " µs");
}

struct Batcher::Request {
  Request(std::string bytes, PredictOptions asked)
      : photograph(std::move(bytes)), options(std::move(asked)) {}

  // Whoever is first gives the answer: a worker, or who asks to stop.
  void give(Prediction prediction) {
    if (!answered.exchange(true)) promise.set_value(std::move(prediction));
  }
  void fail(const std::exception_ptr& error) {
    if (!answered.exchange(true)) promise.set_exception(error);
  }

  std::string photograph;
  PredictOptions options;
  std::chrono::steady_clock::time_point came = std::chrono::steady_clock::now();
  std::promise<Prediction> promise;
  std::atomic<bool> answered = false;
  // Last, so that it goes first: nobody asks to stop a request that is going.
  std::optional<std::stop_callback<std::function<void()>>> stop_callback;
};

Batcher::Batcher(const Predictor& predictor, const BatcherOptions& options)
    : predictor_(predictor),
      max_photographs_(options.max_photographs == 0 ? predictor.batch_photographs()
                                                    : options.max_photographs),
      max_wait_(options.max_wait) {
  options.check();
  try {
    for (std::size_t i = 0; i < predictor.workers(); ++i) {
      Group group;
      group.reserve(max_photographs_);  // so that joining requests needs no memory
      workers_.emplace_back([this, group = std::move(group)]() mutable { work(group); });
    }
  } catch (const std::system_error& error) {
    if (workers_.empty()) {
      throw Error(ErrorKind::kUnavailable,
                  std::string("joining requests: no thread can be started (") + error.what() +
                      "); allow this process more threads");
    }
  }
}

Batcher::~Batcher() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  stop_.request_stop();
  changed_.notify_all();
  workers_.clear();  // joins
  for (const auto& request : waiting_) request->fail(std::make_exception_ptr(stopped()));
}

std::future<Prediction> Batcher::submit(std::string photograph, const PredictOptions& options) {
  options.check();
  auto request = std::make_shared<Request>(std::move(photograph), options);
  std::future<Prediction> future = request->promise.get_future();
  if (options.stop.stop_possible()) {
    request->stop_callback.emplace(
        options.stop, [asked = request.get()] { asked->fail(std::make_exception_ptr(stopped())); });
  }
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(request));
  }
  changed_.notify_all();
  return future;
}

BatcherCounts Batcher::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Batcher::work(Group& group) {
  while (next_group(group)) {
    try {
      answer(group);
    } catch (...) {  // out of memory: an exception that leaves the thread would end the process
      for (const auto& request : group) request->fail(std::current_exception());
    }
  }
}

// False at the end. Does not throw.
bool Batcher::next_group(Group& group) {
  group.clear();
  std::unique_lock lock(mutex_);
  while (group.empty()) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return false;
    const auto until = waiting_.front()->came + max_wait_;
    changed_.wait_until(lock, until, [this] {
      return ending_ || waiting_.empty() || waiting_.size() >= max_photographs_;
    });
    if (ending_) return false;
    // Another worker may have taken them. Those that are joined share their limits.
    while (!waiting_.empty() && group.size() < max_photographs_ &&
           (group.empty() || waiting_.front()->options.limits == group.front()->options.limits)) {
      group.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  ++counts_.groups;
  counts_.requests += group.size();
  return true;
}

void Batcher::answer(const Group& group) {
  Group asked = group;
  std::erase_if(asked, [](const auto& request) { return request->answered.load(); });
  if (asked.empty()) return;
  PredictOptions options;
  options.limits = asked.front()->options.limits;
  options.stop = stop_.get_token();
  options.top = std::ranges::max(asked, {}, [](const auto& request) {
                  return request->options.top;
                })->options.top;
  std::vector<std::string_view> photographs;
  for (const auto& request : asked) photographs.emplace_back(request->photograph);
  try {
    std::vector<Prediction> predictions = predictor_.predict(photographs, options);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const std::size_t most = most_answers(asked[i]->options);
      if (predictions[i].answers.size() > most) predictions[i].answers.resize(most);
      asked[i]->give(std::move(predictions[i]));
    }
  } catch (...) {
    // Whose fault it was is found out one by one.
    if (asked.size() == 1) return asked.front()->fail(std::current_exception());
    for (const auto& request : asked) answer_alone(*request);
  }
}

void Batcher::answer_alone(Request& request) const {
  PredictOptions options = request.options;
  options.stop = stop_.get_token();
  const std::string_view photograph = request.photograph;
  try {
    request.give(std::move(predictor_.predict({&photograph, 1}, options).front()));
  } catch (...) {
    request.fail(std::current_exception());
  }
}

}  // namespace pomona
