// SPDX-License-Identifier: Apache-2.0
// What every featurizer must do, tried on every implementation.
#include "pomona/backbone/featurizer.h"

#include <gmock/gmock.h>

#include <functional>
#include <vector>

#include "pomona/backbone/golden_network.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/backbone/random_input.h"
#include "pomona/backbone/tiny_featurizer.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"

namespace pomona {
namespace {

struct Implementation {
  const char* name;
  std::function<std::unique_ptr<Featurizer>(const FeaturizerOptions&)> make;
};

FeaturizerOptions shaped(int batch, std::size_t slots) {
  FeaturizerOptions options;
  options.batch = batch;
  options.slots = slots;
  return options;
}

std::vector<float> copy(std::span<const float> row) { return {row.begin(), row.end()}; }

// The features of picture `seed` at `row` of `slot`, other pictures around it.
std::vector<float> features_of(Featurizer& featurizer, std::uint64_t seed, std::size_t slot,
                               std::size_t row) {
  for (std::size_t other = 0; other < featurizer.batch(); ++other) {
    fill_random_input(1000 * (slot + 1) + 10 * row + other, featurizer.input(slot, other));
  }
  fill_random_input(seed, featurizer.input(slot, row));
  featurizer.submit(slot);
  return copy(featurizer.collect(slot).row(row));
}

class FeaturizerConformance : public testing::TestWithParam<Implementation> {
 protected:
  static std::unique_ptr<Featurizer> make(const FeaturizerOptions& options) {
    return GetParam().make(options);
  }
};

TEST_P(FeaturizerConformance, SaysItsShape) {
  FeaturizerOptions options = shaped(3, 2);
  options.size = 48;
  const auto featurizer = make(options);
  EXPECT_EQ(featurizer->size(), 48);
  EXPECT_EQ(featurizer->batch(), 3U);
  EXPECT_EQ(featurizer->slots(), 2U);
  EXPECT_GT(featurizer->feature_count(), 0U);
  EXPECT_EQ(featurizer->input(1, 2).size(), 3U * 48 * 48);
  featurizer->submit(1);
  EXPECT_EQ(featurizer->collect(1).rows(), 3U);
  EXPECT_EQ(featurizer->collect(1).cols(), featurizer->feature_count());
}

TEST_P(FeaturizerConformance, ChoosesSizeAndBatchWhenNotTold) {
  const auto featurizer = make({});
  EXPECT_EQ(featurizer->size(), 32);
  EXPECT_GE(featurizer->batch(), 1U);
  EXPECT_EQ(featurizer->slots(), 1U);
}

TEST_P(FeaturizerConformance, InputsDoNotOverlap) {
  const auto featurizer = make(shaped(2, 2));
  for (std::size_t slot = 0; slot < 2; ++slot) {
    for (std::size_t row = 0; row < 2; ++row) {
      const auto mark = static_cast<float>(slot * 2 + row);
      std::ranges::fill(featurizer->input(slot, row), mark);
    }
  }
  for (std::size_t slot = 0; slot < 2; ++slot) {
    for (std::size_t row = 0; row < 2; ++row) {
      EXPECT_THAT(featurizer->input(slot, row), testing::Each(static_cast<float>(slot * 2 + row)));
    }
  }
}

TEST_P(FeaturizerConformance, PicturesThatDifferHaveFeaturesThatDiffer) {
  const auto featurizer = make(shaped(2, 1));
  EXPECT_NE(features_of(*featurizer, 1, 0, 0), features_of(*featurizer, 2, 0, 0));
}

TEST_P(FeaturizerConformance, BitsOfARowDependOnItsPictureAlone) {
  const std::vector<float> expected = features_of(*make(shaped(5, 1)), 7, 0, 0);
  for (const std::size_t slots : {1U, 2U, 3U}) {
    const auto featurizer = make(shaped(5, slots));
    for (std::size_t slot = 0; slot < slots; ++slot) {
      for (std::size_t row = 0; row < 5; ++row) {
        EXPECT_EQ(features_of(*featurizer, 7, slot, row), expected)
            << "row " << row << " of slot " << slot << " of " << slots;
      }
    }
  }
}

TEST_P(FeaturizerConformance, BitsDoNotDependOnTheNumberOfThreads) {
  const std::vector<float> expected = features_of(*make(shaped(1, 1)), 7, 0, 0);
  for (const std::size_t threads : {2U, 3U}) {
    for (const std::size_t slots : {1U, 2U}) {
      FeaturizerOptions options = shaped(1, slots);
      options.threads = threads;
      EXPECT_EQ(features_of(*make(options), 7, slots - 1, 0), expected)
          << threads << " threads, " << slots << " slots";
    }
  }
}

TEST_P(FeaturizerConformance, SlotsServeThreadsAtOnce) {
  constexpr std::size_t kSlots = 3;
  constexpr std::size_t kRounds = 20;
  std::vector<std::vector<float>> expected;
  const auto alone = make(shaped(2, 1));
  for (std::size_t round = 0; round < kRounds; ++round) {
    expected.push_back(features_of(*alone, round, 0, 1));
  }
  const auto featurizer = make(shaped(2, kSlots));
  std::vector<std::vector<std::vector<float>>> found(kSlots);
  parallel_for(kSlots, kSlots, [&](std::size_t slot, std::size_t) {
    for (std::size_t round = 0; round < kRounds; ++round) {
      found[slot].push_back(features_of(*featurizer, round, slot, 1));
    }
  });
  EXPECT_THAT(found, testing::Each(expected));
}

TEST_P(FeaturizerConformance, SlotsMayBeUnderWayTogether) {
  const auto featurizer = make(shaped(1, 2));
  const std::vector<float> first = features_of(*featurizer, 1, 0, 0);
  const std::vector<float> second = features_of(*featurizer, 2, 0, 0);
  fill_random_input(1, featurizer->input(0, 0));
  fill_random_input(2, featurizer->input(1, 0));
  featurizer->submit(0);
  featurizer->submit(1);
  const MatrixView<const float> later = featurizer->collect(1);
  const MatrixView<const float> earlier = featurizer->collect(0);
  featurizer->submit(1);
  EXPECT_EQ(copy(earlier.row(0)), first) << "a result must outlive the work of other slots";
  EXPECT_EQ(copy(featurizer->collect(1).row(0)), second);
  EXPECT_EQ(copy(later.row(0)), second);
}

TEST_P(FeaturizerConformance, InputsStayAfterCollect) {
  const auto featurizer = make(shaped(1, 1));
  const std::vector<float> once = features_of(*featurizer, 5, 0, 0);
  featurizer->submit(0);
  EXPECT_EQ(copy(featurizer->collect(0).row(0)), once);
}

TEST_P(FeaturizerConformance, RefusesShapesItCannotCompute) {
  FeaturizerOptions negative = shaped(2, 1);
  negative.size = -1;
  for (const FeaturizerOptions& options : {negative, shaped(-1, 1), shaped(2, 0)}) {
    try {
      make(options);
      ADD_FAILURE() << "accepted size " << options.size << ", batch " << options.batch << ", slots "
                    << options.slots;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    }
  }
}

TEST(FeaturizerOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(FeaturizerOptions().check());
  const auto expect_refused = [](const std::string& field, const FeaturizerOptions& options) {
    EXPECT_THAT([&] { options.check(); },
                testing::ThrowsMessage<Error>(testing::StartsWith(field + ": ")));
  };
  for (const int size : {-1, 4097}) expect_refused("size", {.size = size});
  for (const int batch : {-1, 1025}) expect_refused("batch", {.batch = batch});
  for (const std::size_t slots : {0U, 257U}) expect_refused("slots", {.slots = slots});
  for (const std::size_t threads : {0U, 257U}) expect_refused("threads", {.threads = threads});
  expect_refused("batch", {.size = 1024, .batch = 256});
}

INSTANTIATE_TEST_SUITE_P(All, FeaturizerConformance,
                         testing::Values(Implementation{"Tiny", make_tiny_featurizer},
                                         Implementation{"OpenVino",
                                                        [](const FeaturizerOptions& options) {
                                                          return make_openvino_featurizer(
                                                              golden_backbone(), options);
                                                        }}),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace pomona
