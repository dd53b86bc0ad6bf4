// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "pomona/base/error.h"
#include "pomona/learn/logistic_objective.h"

namespace pomona {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

// Row i is (i, 1), of class i % 2.
TrainingRows counted_rows(std::size_t count, std::size_t block_rows) {
  TrainingRows rows;
  rows.dims = 2;
  rows.class_count = 2;
  rows.rows = count;
  rows.block_rows = block_rows;
  rows.read = [block_rows](std::size_t block, MatrixView<float> into,
                           std::span<std::int32_t> labels) {
    for (std::size_t i = 0; i < into.rows(); ++i) {
      const std::size_t row = block * block_rows + i;
      into(i, 0) = static_cast<float>(row);
      into(i, 1) = 1;
      labels[i] = static_cast<std::int32_t>(row % 2);
    }
  };
  return rows;
}

TEST(LogisticStockTest, MeasuresTheRows) {
  const TrainingStock stock = take_stock(counted_rows(4, 3), {});
  EXPECT_THAT(stock.column_squares, ElementsAre(DoubleEq(14 / 4.0), DoubleEq(1)));
  EXPECT_DOUBLE_EQ(stock.rms, 1.5);  // √((3.5 + 1) / 2)
  EXPECT_EQ(stock.weight, 4);
  EXPECT_EQ(stock.sample_weight, 4);
  EXPECT_TRUE(stock.sample.weights.empty());
}

TEST(LogisticStockTest, ARowOfWeightTwoCountsLikeTwo) {
  TrainingRows rows = counted_rows(4, 3);
  const std::vector<float> weights = {1, 2, 1, 4};
  rows.weights = weights;
  const TrainingStock stock = take_stock(rows, {});
  EXPECT_EQ(stock.weight, 8);
  EXPECT_EQ(stock.sample_weight, 8);
  EXPECT_THAT(stock.column_squares, ElementsAre(DoubleEq((2 + 4 + 36) / 8.0), DoubleEq(1)));
  EXPECT_EQ(stock.sample.weights, weights);
}

TEST(LogisticStockTest, RowsOfNothingAreDividedByOne) {
  TrainingRows rows = counted_rows(4, 4);
  rows.read = [](std::size_t, MatrixView<float>, std::span<std::int32_t> labels) { labels[0] = 1; };
  EXPECT_EQ(take_stock(rows, {}).rms, 1);
}

TEST(LogisticStockTest, SamplesAllOfFewRowsAndEveryFewOfMany) {
  struct Case {
    std::size_t rows, stride, sampled;
  };
  for (const Case& one : {Case{2048, 1, 2048}, Case{2049, 4, 513}, Case{65536, 4, 16384},
                          Case{65537, 5, 13108}, Case{100000, 7, 14286}}) {
    const TrainingStock stock = take_stock(counted_rows(one.rows, 1000), {});
    EXPECT_EQ(stock.sample.stride, one.stride) << one.rows;
    ASSERT_EQ(stock.sample.rows.rows(), one.sampled);
    ASSERT_EQ(stock.sample.labels.size(), one.sampled);
    EXPECT_EQ(stock.sample_weight, static_cast<double>(one.sampled));
    const std::size_t last = (one.sampled - 1) * one.stride;
    EXPECT_EQ(stock.sample.rows(one.sampled - 1, 0), static_cast<float>(last));
    EXPECT_EQ(stock.sample.labels.back(), static_cast<std::int32_t>(last % 2));
  }
}

TEST(LogisticStockTest, TheSampleIsReadInBlocks) {
  const TrainingStock stock = take_stock(counted_rows(1025, 1000), {});
  const TrainingRows rows = stock.sample.training_rows(2);
  EXPECT_EQ(rows.rows, 1025U);
  EXPECT_EQ(rows.dims, 2U);
  ASSERT_EQ(rows.block_count(), 3U);
  Matrix<float> block(1, 2);
  std::vector<std::int32_t> labels(1);
  rows.read(2, block.view(), labels);
  EXPECT_THAT(block.row(0), ElementsAre(1024, 1));
  EXPECT_THAT(labels, ElementsAre(0));
}

TEST(LogisticStockTest, StopsBeforeItReadsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  TrainingRows rows = counted_rows(4, 2);
  rows.read = [](std::size_t, MatrixView<float>, std::span<std::int32_t>) {
    ADD_FAILURE() << "read";
  };
  try {
    take_stock(rows, source.get_token());
    FAIL() << "did not stop";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
}

}  // namespace
}  // namespace pomona
