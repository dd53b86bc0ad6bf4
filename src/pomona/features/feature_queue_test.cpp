// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/feature_queue.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "pomona/backbone/random_input.h"
#include "pomona/backbone/tiny_featurizer.h"
#include "pomona/base/error.h"
#include "pomona/features/preprocess.h"

namespace pomona {
namespace {

constexpr int kSize = 32;
constexpr int kBatch = 3;

CropNetworks tiny_networks(const std::vector<Crop>& crops, std::size_t slots) {
  return {crops, kSize, [&](int size) {
            FeaturizerOptions options;
            options.size = size;
            options.batch = kBatch;
            options.slots = slots;
            return make_tiny_featurizer(options);
          }};
}

std::vector<std::size_t> slot_numbers(std::size_t count) {
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(i);
  return numbers;
}

std::uint64_t seed_of(std::size_t row, std::size_t crop) { return 100 * row + crop; }

std::vector<float> features_of(int size, std::uint64_t seed) {
  FeaturizerOptions options;
  options.size = size;
  const auto featurizer = make_tiny_featurizer(options);
  fill_random_input(seed, featurizer->input(0, 0));
  featurizer->submit(0);
  const auto found = featurizer->collect(0).row(0);
  return {found.begin(), found.end()};
}

// The features of each crop of each row, computed one at a time.
std::vector<float> one_by_one(const std::vector<Crop>& crops, std::size_t rows) {
  std::vector<float> features;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t crop = 0; crop < crops.size(); ++crop) {
      const auto found =
          features_of(crops[crop].size == 0 ? kSize : crops[crop].size, seed_of(row, crop));
      features.insert(features.end(), found.begin(), found.end());
    }
  }
  return features;
}

void fill_row(FeatureQueue& queue, std::size_t row, std::size_t crops) {
  queue.add_row();
  for (std::size_t crop = 0; crop < crops; ++crop) {
    fill_random_input(seed_of(row, crop), queue.input(crop));
    queue.push(crop);
  }
}

class FeatureQueueOf : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  static std::vector<Crop> crops() { return crops_from_names(GetParam()); }
};

TEST_P(FeatureQueueOf, GivesEveryCropItsPlaceInItsRow) {
  const std::vector<float> expected = one_by_one(crops(), 5);
  for (const std::size_t slots : {1U, 2U, 4U}) {
    const CropNetworks networks = tiny_networks(crops(), slots);
    FeatureQueue queue(networks, networks.every_crop(), slot_numbers(slots));
    ASSERT_EQ(queue.row_width(), crops().size() * kTinyFeatureCount);
    for (std::size_t row = 0; row < 5; ++row) fill_row(queue, row, crops().size());
    EXPECT_EQ(queue.finish(), expected) << slots << " slots";
  }
}

TEST_P(FeatureQueueOf, BeginsAnewWhenItHasFinished) {
  const CropNetworks networks = tiny_networks(crops(), 2);
  FeatureQueue queue(networks, networks.every_crop(), {0, 1});
  EXPECT_THAT(queue.finish(), testing::IsEmpty());
  fill_row(queue, 3, crops().size());
  (void)queue.finish();
  fill_row(queue, 0, crops().size());
  EXPECT_EQ(queue.finish(), one_by_one(crops(), 1));
}

using Names = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(
    Crops, FeatureQueueOf,
    testing::Values(Names{"whole"}, Names{"whole", "flip", "center50"}, Names{"whole", "flip@48"},
                    Names{"whole", "whole@16", "flip", "center50@48", "center50-flip@16"}));

TEST(FeatureQueue, KeepsToItsSlots) {
  const std::vector<Crop> crops = {Crop(), Crop{.size = 48}};
  const CropNetworks networks = tiny_networks(crops, 2);
  fill_random_input(7, networks.network(0).input(0, 0));
  networks.network(0).submit(0);
  const std::vector<float> before(networks.network(0).collect(0).row(0).begin(),
                                  networks.network(0).collect(0).row(0).end());
  FeatureQueue queue(networks, networks.every_crop(), {1});
  for (std::size_t row = 0; row < 5; ++row) fill_row(queue, row, crops.size());
  EXPECT_EQ(queue.finish(), one_by_one(crops, 5));
  EXPECT_THAT(networks.network(0).collect(0).row(0), testing::ElementsAreArray(before));
}

TEST(FeatureQueue, TakesWhatIsKnownBetweenWhatIsComputed) {
  const CropNetworks networks = tiny_networks({Crop(), Crop{.size = 48}}, 1);
  FeatureQueue queue(networks, networks.every_crop(), {0});
  fill_row(queue, 0, 2);
  std::ranges::fill(queue.add_row(), 0.5F);
  fill_row(queue, 1, 2);
  const std::vector<float> found = queue.finish();
  const std::vector<float> computed = one_by_one({Crop(), Crop{.size = 48}}, 2);
  ASSERT_EQ(found.size(), 3 * queue.row_width());
  const std::span<const float> rows(found);
  EXPECT_THAT(rows.subspan(queue.row_width(), queue.row_width()), testing::Each(0.5F));
  EXPECT_THAT(rows.first(queue.row_width()),
              testing::ElementsAreArray(std::span(computed).first(queue.row_width())));
  EXPECT_THAT(rows.last(queue.row_width()),
              testing::ElementsAreArray(std::span(computed).last(queue.row_width())));
}

TEST(FeatureQueue, MayBeOfSomeCropsAlone) {
  const CropNetworks networks =
      tiny_networks(crops_from_names({"whole", "flip", "center50", "center50@48"}), 2);
  FeatureQueue queue(networks, {0, 3}, {0, 1});
  ASSERT_EQ(queue.row_width(), 2U * kTinyFeatureCount);
  std::vector<float> expected;
  for (std::size_t row = 0; row < 4; ++row) {
    queue.add_row();
    for (const std::size_t crop : {0U, 3U}) {
      fill_random_input(seed_of(row, crop), queue.input(crop));
      queue.push(crop);
      const auto features = features_of(crop == 0 ? kSize : 48, seed_of(row, crop));
      expected.insert(expected.end(), features.begin(), features.end());
    }
  }
  EXPECT_EQ(queue.finish(), expected);
}

// Behaves as an engine does: a slot that is computing refuses another submit, and a batch may fail.
class StrictFeaturizer final : public Featurizer {
 public:
  StrictFeaturizer(std::unique_ptr<Featurizer> inner, int& fails_in)
      : inner_(std::move(inner)), fails_in_(fails_in), computing_(inner_->slots()) {}

  int size() const override { return inner_->size(); }
  std::size_t batch() const override { return inner_->batch(); }
  std::size_t slots() const override { return inner_->slots(); }
  std::size_t feature_count() const override { return inner_->feature_count(); }
  std::span<float> input(std::size_t slot, std::size_t row) override {
    return inner_->input(slot, row);
  }
  void submit(std::size_t slot) override {
    if (computing_[slot]) throw Error(ErrorKind::kInternal, "the slot is computing");
    computing_[slot] = true;
    inner_->submit(slot);
  }
  MatrixView<const float> collect(std::size_t slot) override {
    computing_[slot] = false;
    if (--fails_in_ == 0) throw Error(ErrorKind::kUnavailable, "running the network: no memory");
    return inner_->collect(slot);
  }

 private:
  std::unique_ptr<Featurizer> inner_;
  int& fails_in_;
  std::vector<bool> computing_;
};

CropNetworks strict_networks(const std::vector<Crop>& crops, std::size_t slots, int& fails_in) {
  return {crops, kSize, [&, slots](int size) -> std::unique_ptr<Featurizer> {
            FeaturizerOptions options;
            options.size = size;
            options.batch = kBatch;
            options.slots = slots;
            return std::make_unique<StrictFeaturizer>(make_tiny_featurizer(options), fails_in);
          }};
}

TEST(FeatureQueue, LeavesItsSlotsIdleWhenItGoesInTheMiddle) {
  int fails_in = 0;
  const CropNetworks networks = strict_networks({Crop()}, 2, fails_in);
  {
    FeatureQueue left(networks, {0}, {0, 1});
    for (std::size_t row = 0; row < 5; ++row) fill_row(left, row, 1);
  }
  FeatureQueue next(networks, {0}, {0, 1});
  for (std::size_t row = 0; row < 5; ++row) fill_row(next, row, 1);
  EXPECT_EQ(next.finish(), one_by_one({Crop()}, 5));
}

TEST(FeatureQueue, IsRightAgainAfterABatchFailed) {
  int fails_in = 0;
  const CropNetworks networks = strict_networks({Crop(), Crop{.size = 48}}, 2, fails_in);
  FeatureQueue queue(networks, {0, 1}, {0, 1});
  for (const int failing : {1, 2, 3, 4}) {
    fails_in = failing;
    EXPECT_THROW(
        {
          for (std::size_t row = 0; row < 7; ++row) fill_row(queue, row, 2);
          (void)queue.finish();
        },
        Error);
    queue.abandon();
    fails_in = 0;
    for (std::size_t row = 0; row < 5; ++row) fill_row(queue, row, 2);
    EXPECT_EQ(queue.finish(), one_by_one({Crop(), Crop{.size = 48}}, 5)) << failing;
  }
}

TEST(FeatureQueue, CountsItsBatches) {
  const CropNetworks networks = tiny_networks({Crop()}, 1);
  FeatureQueue queue(networks, {0}, {0});
  for (std::size_t row = 0; row < 7; ++row) fill_row(queue, row, 1);
  (void)queue.finish();
  EXPECT_EQ(queue.counts().batches, 3U);
  EXPECT_EQ(queue.counts().inputs, 7U);
}

TEST(CropNetworks, AreOneASize) {
  const CropNetworks networks =
      tiny_networks(crops_from_names({"whole", "flip@48", "center50", "center50@48", "flip"}), 1);
  EXPECT_EQ(networks.count(), 2U);
  EXPECT_EQ(networks.crops(), 5U);
  EXPECT_EQ(networks.network(networks.network_of(0)).size(), kSize);
  EXPECT_EQ(networks.network(networks.network_of(3)).size(), 48);
  EXPECT_EQ(networks.network_of(4), networks.network_of(0));
}

}  // namespace
}  // namespace pomona
