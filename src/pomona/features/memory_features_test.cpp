// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/memory_features.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

FeatureBatch batch_of(std::size_t rows, std::size_t cols, float first) {
  FeatureBatch batch;
  batch.features = Matrix<float>(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    batch.path.push_back("a/" + std::to_string(i) + ".jpg");
    batch.label.emplace_back("a");
    batch.split.emplace_back("train");
    batch.features(i, 0) = first + static_cast<float>(i);
  }
  return batch;
}

TEST(MemoryFeatures, GivesItsRowsToEveryReaderAnew) {
  MemoryFeatures features;
  features.add(batch_of(3, 2, 10));
  features.add(batch_of(0, 2, 0));
  features.add(batch_of(2, 2, 20));
  features.finish();
  EXPECT_EQ(features.rows(), 5U);
  for (int pass = 0; pass < 2; ++pass) {
    const auto reader = features.read();
    FeatureBatch batch;
    ASSERT_TRUE(reader->next(batch));
    EXPECT_EQ(batch.rows(), 3U);
    EXPECT_EQ(batch.features(2, 0), 12);
    ASSERT_TRUE(reader->next(batch));
    EXPECT_EQ(batch.features(1, 0), 21);
    EXPECT_FALSE(reader->next(batch));
    EXPECT_EQ(batch.rows(), 0U);
  }
}

TEST(MemoryFeatures, GivesKeysWithoutFeatures) {
  MemoryFeatures features;
  features.add(batch_of(3, 2, 10));
  const auto reader = features.read_keys();
  FeatureBatch batch;
  ASSERT_TRUE(reader->next(batch));
  EXPECT_EQ(batch.path[2], "a/2.jpg");
  EXPECT_EQ(batch.features.cols(), 0U);
}

TEST(MemoryFeatures, RefusesRowsOfAnotherWidthAndColumnsOfAnotherLength) {
  MemoryFeatures features;
  features.add(batch_of(1, 2, 0));
  EXPECT_THROW(features.add(batch_of(1, 3, 0)), Error);
  FeatureBatch short_of_a_label = batch_of(2, 2, 0);
  short_of_a_label.label.pop_back();
  EXPECT_THROW(features.add(short_of_a_label), Error);
  EXPECT_EQ(features.rows(), 1U);
}

}  // namespace
}  // namespace pomona
