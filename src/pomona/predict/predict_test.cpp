// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>

#include "pomona/base/error.h"
#include "pomona/image/decode.h"
#include "pomona/predict/made_up_predictor.h"

namespace pomona {
namespace {

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// Label and probability of every answer, to the last bit.
std::vector<std::pair<std::string, double>> answers_of(const std::vector<Prediction>& predictions) {
  std::vector<std::pair<std::string, double>> answers;
  for (const Prediction& prediction : predictions) {
    if (prediction.failure) answers.emplace_back(prediction.failure->kind, 0);
    for (const Answer& answer : prediction.answers) {
      answers.emplace_back(answer.label, answer.probability);
    }
  }
  return answers;
}

std::string failure_of(const Prediction& prediction) {
  return prediction.failure ? prediction.failure->kind : "none";
}

TEST(Predictor, GivesTheSameBitsToEightThreadsAsOneAfterTheOther) {
  constexpr std::size_t kThreads = 8;
  constexpr std::size_t kPhotographs = 200;
  const Predictor predictor(predicting_bundle({"whole", "flip", "center75"}, 2), {.workers = 3});
  const std::vector<std::string> photographs = made_up_photographs(kPhotographs);
  std::vector<Prediction> expected;
  for (const std::string_view one : views_of(photographs)) {
    expected.push_back(predictor.predict({&one, 1}, {}).front());
  }
  ASSERT_NE(answers_of(expected).front(), answers_of(expected)[2]) << "all look the same";
  std::vector<std::vector<Prediction>> found(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        // Each in another way: one at a time, or some at once.
        const std::size_t at_once = 1 + thread;
        const std::vector<std::string_view> all = views_of(photographs);
        for (std::size_t i = 0; i < all.size(); i += at_once) {
          const auto some = std::span(all).subspan(i, std::min(at_once, all.size() - i));
          for (Prediction& one : predictor.predict(some, {})) {
            found[thread].push_back(std::move(one));
          }
        }
      });
    }
  }
  for (const auto& of_thread : found) EXPECT_EQ(answers_of(of_thread), answers_of(expected));
}

TEST(Predictor, GivesTheBitsOfBatchesToSinglePhotographs) {
  constexpr std::size_t kThreads = 8;
  const std::vector<std::string> photographs = made_up_photographs(200);
  const std::vector<std::string_view> all = views_of(photographs);
  const auto expected =
      answers_of(Predictor(predicting_bundle({"whole"}, 4), {.workers = 3}).predict(all, {}));
  const Predictor predictor(predicting_bundle({"whole"}, 4), {.workers = 3, .one_at_a_time = true});
  const auto ask = [&] {
    std::vector<Prediction> found;
    for (const std::string_view& one : all) {
      found.push_back(predictor.predict({&one, 1}, {}).front());
    }
    return answers_of(found);
  };
  EXPECT_EQ(ask(), expected) << "alone";
  std::vector<std::vector<std::pair<std::string, double>>> found(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& of_thread : found) threads.emplace_back([&] { of_thread = ask(); });
  }
  EXPECT_THAT(found, testing::Each(expected));
  EXPECT_EQ(answers_of(predictor.predict(all, {})), expected) << "all at once";
}

// How often networks of so many threads a slot were used.
using Uses = std::map<std::size_t, std::atomic<int>>;

class CountingFeaturizer : public ColourFearingFeaturizer {
 public:
  CountingFeaturizer(const FeaturizerOptions& options, std::atomic<int>& uses)
      : ColourFearingFeaturizer(options), uses_(uses) {}
  void submit(std::size_t slot) override {
    ++uses_;
    ColourFearingFeaturizer::submit(slot);
  }

 private:
  std::atomic<int>& uses_;
};

MakeNetworks counting(Uses& uses) {
  return [&uses](const ExtractSetup& setup) {
    return CropNetworks(setup.crops, setup.featurizer.size, [&](int size) {
      FeaturizerOptions options = setup.featurizer;
      options.size = size;
      return std::make_unique<CountingFeaturizer>(options, uses[options.threads]);
    });
  };
}

TEST(TinyPredictor, GivesEveryCoreToASinglePhotographThatComesAlone) {
  Uses uses;
  const Predictor predictor(tiny_predicting_bundle({"whole"}, 4),
                            {.workers = 3, .one_at_a_time = true}, counting(uses));
  const std::vector<std::string> photographs = made_up_photographs(2);
  uses[1] = uses[3] = 0;  // of the self-check
  const std::vector<std::string_view> two = views_of(photographs);
  predictor.predict(std::span(two).first(1), {});
  EXPECT_EQ(uses[3], 1);
  predictor.predict(two, {});
  EXPECT_EQ(uses[3], 1);
  EXPECT_EQ(uses[1], 2);
}

TEST(TinyPredictor, UsesItsSlotsForAPhotographOfSeveralCrops) {
  Uses uses;
  const Predictor predictor(tiny_predicting_bundle({"whole", "flip"}, 4),
                            {.workers = 3, .one_at_a_time = true}, counting(uses));
  uses[1] = 0;
  predictor.predict(views_of(made_up_photographs(1)), {});
  EXPECT_EQ(uses[1], 2);
  EXPECT_EQ(uses.size(), 1U) << "no other networks are made";
}

TEST(Predictor, TakesFilesAndPixelsAsItTakesBytes) {
  const Predictor predictor(tiny_predicting_bundle({"whole", "flip"}, 4), {.workers = 2},
                            make_tiny_networks);
  const std::vector<std::string> photographs = made_up_photographs(3);
  const auto file = std::filesystem::path(testing::TempDir()) / "photograph_of_predictor.jpg";
  std::ofstream(file, std::ios::binary) << photographs[1];
  Image pixels;
  ASSERT_TRUE(Decoder().decode(photographs[2], DecodeOptions{}, pixels).has_value());
  const std::vector<Photograph> mixed = {photographs[0], PhotographFile{file.string()}, pixels,
                                         PhotographFile{"/nowhere/a.jpg"}, "no image"};
  const std::vector<Prediction> found = predictor.predict_photographs(mixed, {});
  auto expected = answers_of(predictor.predict(views_of(photographs), {}));
  expected.emplace_back("gone", 0);
  expected.emplace_back("not_an_image", 0);
  EXPECT_EQ(answers_of(found), expected);
}

// How a request ended that did not give predictions.
std::optional<ErrorKind> ended_with(const std::function<void()>& request) {
  try {
    request();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

// Seven threads of one predictor whose requests fail, are stopped or hold what cannot be read, in
// turn, and between them requests that must be answered as if they were alone.
TEST(TinyPredictor, AnswersManyThreadsWhileOtherRequestsFailAndStop) {
  constexpr std::size_t kThreads = 8;
  constexpr std::size_t kRequests = 60;
  const Predictor predictor(tiny_predicting_bundle({"whole", "flip", "center75"}, 4),
                            {.workers = 3}, make_tiny_networks);
  const std::vector<std::string> photographs = made_up_photographs(kRequests + kThreads);
  const std::string white = white_photograph();
  const std::vector<std::string_view> all = views_of(photographs);
  std::vector<std::vector<std::pair<std::string, double>>> expected;
  for (const std::string_view& one : all) {
    expected.push_back(answers_of(predictor.predict({&one, 1}, {})));
  }
  ASSERT_NE(expected[0], expected[1]) << "all look the same";
  const auto disturb = [&](std::size_t kind, std::span<const std::string_view> some) {
    std::vector<std::string_view> request(some.begin(), some.end());
    if (kind == 0) {
      request.push_back(white);
      EXPECT_EQ(ended_with([&] { predictor.predict(request, {}); }), ErrorKind::kUnavailable);
    } else if (kind == 1) {
      request.emplace_back("no photograph");
      EXPECT_EQ(failure_of(predictor.predict(request, {}).back()), "not_an_image");
    } else {
      std::stop_source stop;
      PredictOptions options;
      options.stop = stop.get_token();
      for (int round = 0; round < 200; ++round) {
        request.insert(request.end(), all.begin(), all.end());
      }
      std::jthread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        stop.request_stop();
      });
      EXPECT_EQ(ended_with([&] { predictor.predict(request, options); }), ErrorKind::kInterrupted);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::size_t i = 0; i < kRequests; ++i) {
          const auto some = std::span(all).subspan(i, 1 + (i + thread) % kThreads);
          // The last thread is the one that disturbs nobody.
          if (thread + 1 < kThreads && i % 5 == 0) disturb((i / 5 + thread) % 3, some);
          const std::vector<Prediction> found = predictor.predict(some, {});
          for (std::size_t k = 0; k < some.size(); ++k) {
            EXPECT_EQ(answers_of({found[k]}), expected[i + k]) << thread << ", request " << i;
          }
        }
      });
    }
  }
}

TEST(TinyPredictor, StopsWhileItWaitsForItsTurn) {
  const Predictor predictor(tiny_predicting_bundle({"whole"}, 2), {.workers = 1},
                            make_tiny_networks);
  const std::vector<std::string> photographs = made_up_photographs(1);
  const std::vector<std::string_view> endless(100'000, photographs.front());
  std::stop_source stop_first;
  std::stop_source stop_waiting;
  PredictOptions first;
  first.stop = stop_first.get_token();
  PredictOptions waiting;
  waiting.stop = stop_waiting.get_token();
  std::jthread holder([&] {
    EXPECT_EQ(ended_with([&] { predictor.predict(endless, first); }), ErrorKind::kInterrupted);
  });
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop_waiting.request_stop();
  });
  // Whoever of the two comes first holds the only slot: both end all the same.
  EXPECT_EQ(ended_with([&] { predictor.predict(endless, waiting); }), ErrorKind::kInterrupted);
  stop_first.request_stop();
  holder.join();
  EXPECT_FALSE(predictor.predict(views_of(photographs), {}).front().failure);
}

TEST(Predictor, ReturnsWhatCannotBeReadAsAValue) {
  const Predictor predictor(predicting_bundle({"whole"}, 4));
  std::vector<std::string> photographs = made_up_photographs(3);
  photographs[1] = photographs[1].substr(0, 200);
  PredictOptions options;
  options.limits.max_pixels = 50 * 41;
  const auto predictions = predictor.predict(views_of(photographs), options);
  EXPECT_FALSE(predictions[0].failure);
  EXPECT_EQ(failure_of(predictions[1]), "truncated");
  EXPECT_EQ(failure_of(predictions[2]), "too_large");
}

TEST(Predictor, IsRightAfterARequestThatWasStoppedInTheMiddle) {
  const Predictor predictor(predicting_bundle({"whole", "flip"}, 4), {.workers = 2});
  const std::vector<std::string> photographs = made_up_photographs(600);
  const auto before = predictor.predict(std::vector{std::string_view(photographs[7])}, {});
  std::stop_source stop;
  PredictOptions options;
  options.stop = stop.get_token();
  std::chrono::steady_clock::time_point asked;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    asked = std::chrono::steady_clock::now();
    stop.request_stop();
  });
  std::vector<std::string_view> endless;
  for (int round = 0; round < 100; ++round) {
    endless.insert(endless.end(), photographs.begin(), photographs.end());
  }
  try {
    predictor.predict(endless, options);
    ADD_FAILURE() << "60,000 photographs in 5 ms";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
  const auto ended = std::chrono::steady_clock::now();
  stopper.join();
  EXPECT_LT(ended - asked, std::chrono::milliseconds(100));
  for (int i = 0; i < 4; ++i) {
    const auto after = predictor.predict(std::vector{std::string_view(photographs[7])}, {});
    EXPECT_EQ(answers_of(after), answers_of(before));
  }
}

TEST(PredictOptionsTest, BoundsNameTheField) {
  const Predictor predictor(predicting_bundle({"whole"}, 1), {.workers = 1});
  const auto expect_refused = [&](const std::string& message, const PredictOptions& options) {
    EXPECT_THAT([&] { predictor.predict({}, options); },
                testing::ThrowsMessage<Error>(testing::StartsWith(message)));
  };
  EXPECT_NO_THROW(PredictOptions().check());
  expect_refused("top: expected 1 to 1000, found 0", {.top = 0});
  expect_refused("top: expected 1 to 1000, found 1001", {.top = kMostAnswers + 1});
  PredictOptions options;
  options.limits.max_scans = 0;
  expect_refused("max_scans: expected ", options);
}

TEST(PredictorOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(PredictorOptions().check());
  EXPECT_THAT([] { Predictor(predicting_bundle({"whole"}, 1), {.workers = 257}); },
              testing::ThrowsMessage<Error>("workers: expected 0 to 256, found 257"));
}

TEST(Predictor, GivesAsManyAnswersAsAskedAndAlwaysTwo) {
  const Predictor predictor(predicting_bundle({"whole"}, 1));
  const std::vector<std::string> photographs = made_up_photographs(1);
  const auto count = [&](std::size_t top) {
    PredictOptions options;
    options.top = top;
    return predictor.predict(views_of(photographs), options).front().answers.size();
  };
  EXPECT_EQ(count(1), 2U);
  EXPECT_EQ(count(3), 3U);
  EXPECT_EQ(count(100), 4U);
  EXPECT_TRUE(predictor.predict({}, {}).empty());
}

TEST(Predictor, CountsBatches) {
  const Predictor predictor(predicting_bundle({"whole", "flip"}, 4), {.workers = 1});
  EXPECT_EQ(predictor.batch_photographs(), 2U);
  predictor.predict(views_of(made_up_photographs(6)), {});
  EXPECT_EQ(predictor.counts().photographs, 6U);
  EXPECT_EQ(predictor.counts().batches, 3U);
}

}  // namespace
}  // namespace pomona
