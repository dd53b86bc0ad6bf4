// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <thread>

#include "pomona/base/error.h"
#include "pomona/base/failing_memory.h"
#include "pomona/predict/made_up_predictor.h"

namespace pomona {
namespace {

using std::chrono::milliseconds;

ErrorKind error_of(std::future<Prediction>& future) {
  try {
    future.get();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::kInternal;
}

class BatcherTest : public testing::Test {
 protected:
  Prediction alone(const std::string& photograph) const {
    const std::string_view bytes = photograph;
    return predictor_.predict({&bytes, 1}, {}).front();
  }

  const Predictor predictor_{predicting_bundle({"whole"}, 4), {.workers = 1}};
  const std::vector<std::string> photographs_ = made_up_photographs(40);
};

TEST_F(BatcherTest, AnswersEachAsIfItWereAlone) {
  Batcher batcher(predictor_);
  std::vector<std::future<Prediction>> futures;
  for (const std::string& photograph : photographs_) futures.push_back(batcher.submit(photograph));
  for (std::size_t i = 0; i < futures.size(); ++i) {
    const Prediction found = futures[i].get();
    const Prediction expected = alone(photographs_[i]);
    ASSERT_EQ(found.answers.size(), expected.answers.size());
    for (std::size_t k = 0; k < found.answers.size(); ++k) {
      EXPECT_EQ(found.answers[k].label, expected.answers[k].label);
      EXPECT_EQ(found.answers[k].probability, expected.answers[k].probability);
    }
  }
}

TEST_F(BatcherTest, FillsBatches) {
  Batcher batcher(predictor_, {.max_wait = milliseconds(500)});
  std::vector<std::future<Prediction>> futures;
  for (const std::string& photograph : photographs_) futures.push_back(batcher.submit(photograph));
  for (auto& future : futures) future.get();
  EXPECT_EQ(batcher.counts().requests, 40U);
  EXPECT_EQ(batcher.counts().groups, 10U) << "four fill a batch";
  EXPECT_EQ(predictor_.counts().batches, 10U);
}

TEST_F(BatcherTest, WaitsForCompanyNoLongerThanItMay) {
  Batcher batcher(predictor_, {.max_wait = milliseconds(30)});
  const auto start = std::chrono::steady_clock::now();
  batcher.submit(photographs_[0]).get();
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(30));
  EXPECT_EQ(batcher.counts().groups, 1U);
}

TEST_F(BatcherTest, GivesEachItsOwnFailureAndNumberOfAnswers) {
  Batcher batcher(predictor_, {.max_wait = milliseconds(200)});
  PredictOptions one;
  one.top = 1;
  PredictOptions many;
  many.top = 4;
  auto first = batcher.submit(photographs_[0], one);
  auto broken = batcher.submit("no photograph", many);
  auto last = batcher.submit(photographs_[1], many);
  EXPECT_EQ(first.get().answers.size(), 2U);
  ASSERT_TRUE(broken.get().failure);
  EXPECT_EQ(last.get().answers.size(), 4U);
  EXPECT_EQ(batcher.counts().groups, 1U);
}

TEST_F(BatcherTest, KeepsRequestsOfOtherLimitsApart) {
  Batcher batcher(predictor_, {.max_wait = milliseconds(50)});
  PredictOptions small;
  small.limits.max_pixels = 10;
  auto refused = batcher.submit(photographs_[0], small);
  auto answered = batcher.submit(photographs_[0]);
  ASSERT_TRUE(refused.get().failure);
  EXPECT_FALSE(answered.get().failure);
  EXPECT_EQ(batcher.counts().groups, 2U);
}

TEST_F(BatcherTest, EndsARequestAsSoonAsItIsToldToStop) {
  Batcher batcher(predictor_, {.max_wait = milliseconds(900)});
  std::stop_source stop;
  PredictOptions options;
  options.stop = stop.get_token();
  auto stopped = batcher.submit(photographs_[0], options);
  auto other = batcher.submit(photographs_[1]);
  stop.request_stop();
  ASSERT_EQ(stopped.wait_for(milliseconds(100)), std::future_status::ready);
  EXPECT_EQ(error_of(stopped), ErrorKind::kInterrupted);
  EXPECT_FALSE(other.get().failure);
}

TEST_F(BatcherTest, EndsWhatIsUnansweredWhenItGoes) {
  std::future<Prediction> left;
  {
    Batcher batcher(predictor_, {.max_wait = milliseconds(900)});
    left = batcher.submit(photographs_[0]);
  }
  EXPECT_EQ(error_of(left), ErrorKind::kInterrupted);
}

TEST_F(BatcherTest, BoundsNameTheField) {
  const auto expect_refused = [&](const std::string& message, const BatcherOptions& options) {
    EXPECT_THAT([&] { Batcher(predictor_, options); }, testing::ThrowsMessage<Error>(message));
  };
  EXPECT_NO_THROW(BatcherOptions().check());
  expect_refused("max_photographs: expected 0 to 1024, found 1025", {.max_photographs = 1025});
  expect_refused("max_wait: expected 0 to 1000000 µs, found -1000", {.max_wait = milliseconds(-1)});
  expect_refused("max_wait: expected 0 to 1000000 µs, found 1001000",
                 {.max_wait = milliseconds(1001)});
  Batcher batcher(predictor_);
  PredictOptions none;
  none.top = 0;
  EXPECT_THROW(batcher.submit(photographs_[0], none), Error);
}

// Many threads submit at once: what fails, cannot be read or is stopped ends as itself, and all
// others get what they would alone.
TEST(TinyBatcher, KeepsRequestsOfManyThreadsApart) {
  constexpr std::size_t kThreads = 8;
  constexpr std::size_t kRequests = 60;
  const Predictor predictor(tiny_predicting_bundle({"whole", "flip"}, 8), {.workers = 2},
                            make_tiny_networks);
  const std::vector<std::string> photographs = made_up_photographs(kRequests);
  const std::string white = white_photograph();
  std::vector<double> expected;
  for (const std::string& photograph : photographs) {
    const std::string_view bytes = photograph;
    expected.push_back(predictor.predict({&bytes, 1}, {}).front().answers.front().probability);
  }
  Batcher batcher(predictor, {.max_wait = std::chrono::microseconds(500)});
  const auto submit_all = [&](std::size_t thread) {
    std::vector<std::stop_source> stops(kRequests);
    std::vector<std::future<Prediction>> futures;
    for (std::size_t i = 0; i < kRequests; ++i) {
      const std::size_t kind = (i + thread) % 10;
      PredictOptions options;
      options.stop = stops[i].get_token();
      futures.push_back(batcher.submit(kind == 0   ? white
                                       : kind == 1 ? "no photograph"
                                                   : photographs[i],
                                       options));
      if (kind == 2) stops[i].request_stop();
    }
    for (std::size_t i = 0; i < kRequests; ++i) {
      const std::size_t kind = (i + thread) % 10;
      if (kind == 0) {
        EXPECT_EQ(error_of(futures[i]), ErrorKind::kUnavailable);
      } else if (kind == 1) {
        EXPECT_TRUE(futures[i].get().failure);
      } else if (kind == 2) {
        try {
          EXPECT_EQ(futures[i].get().answers.front().probability, expected[i]);
        } catch (const Error& error) {
          EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
        }
      } else {
        EXPECT_EQ(futures[i].get().answers.front().probability, expected[i]) << i;
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] { submit_all(thread); });
    }
  }
  EXPECT_EQ(batcher.counts().requests, kThreads * kRequests);
  EXPECT_LT(batcher.counts().groups, kThreads * kRequests) << "none were joined";
}

// When asked, memory runs out in the thread that runs the network, and stays so.
std::atomic<bool> memory_runs_out = false;

class MemoryEatingFeaturizer final : public ColourFearingFeaturizer {
 public:
  using ColourFearingFeaturizer::ColourFearingFeaturizer;
  void submit(std::size_t slot) override {
    static thread_local std::optional<FailingMemory> failing;
    if (memory_runs_out) failing.emplace(/*bytes=*/1);
    ColourFearingFeaturizer::submit(slot);
  }
};

TEST(TinyBatcher, WithoutMemoryRequestsFailAndTheProcessGoesOn) {
  const Predictor predictor(
      tiny_predicting_bundle({"whole"}, 4), {.workers = 1}, [](const ExtractSetup& setup) {
        return CropNetworks(setup.crops, setup.featurizer.size, [&](int size) {
          FeaturizerOptions options = setup.featurizer;
          options.size = size;
          return std::make_unique<MemoryEatingFeaturizer>(options);
        });
      });
  const std::string photograph = made_up_photographs(1).front();
  Batcher batcher(predictor, {.max_wait = std::chrono::microseconds(100)});
  EXPECT_FALSE(batcher.submit(photograph).get().failure);
  memory_runs_out = true;
  for (int request = 0; request < 3; ++request) {
    EXPECT_THROW(batcher.submit(photograph).get(), std::bad_alloc) << request;
  }
  memory_runs_out = false;
}

// With requests of every age under way.
TEST(TinyBatcher, EndsEveryRequestWhenItGoes) {
  const Predictor predictor(tiny_predicting_bundle({"whole"}, 4), {.workers = 2},
                            make_tiny_networks);
  const std::vector<std::string> photographs = made_up_photographs(20);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::future<Prediction>> futures;
    {
      Batcher batcher(predictor, {.max_wait = std::chrono::microseconds(100)});
      for (const std::string& one : photographs) futures.push_back(batcher.submit(one));
      std::this_thread::sleep_for(std::chrono::microseconds(100 * round));
    }
    for (auto& future : futures) {
      ASSERT_EQ(future.wait_for(milliseconds(0)), std::future_status::ready);
      try {
        EXPECT_EQ(future.get().answers.size(), 3U);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
      }
    }
  }
}

}  // namespace
}  // namespace pomona
