// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/row_selection.h"

#include <gmock/gmock.h>

namespace pomona {
namespace {

using testing::ElementsAre;

TEST(RowSelectionTest, RowsWithoutALabelArePassedOver) {
  TableRows rows;
  rows.label_index = {0, -1, 2, -1};
  EXPECT_THAT(with_label(rows, {0, 1, 2}), ElementsAre(0, 2));
}

TEST(RowSelectionTest, WithoutSome) {
  EXPECT_THAT(without({1, 3, 5, 7}, {3, 4, 7}), ElementsAre(1, 5));
  EXPECT_THAT(without({1, 3}, {}), ElementsAre(1, 3));
}

// Runs, close together and far apart are read in three ways.
TEST(RowSelectionTest, ReadsTheRowsChosenHoweverTheyLie) {
  constexpr std::size_t kCols = 3;
  Matrix<float> all(100, kCols);
  for (std::size_t i = 0; i < 100; ++i) {
    for (std::size_t j = 0; j < kCols; ++j) all(i, j) = static_cast<float>(10 * i + j);
  }
  RowFile file(testing::TempDir(), kCols);
  file.append(all.view());
  const std::vector<std::vector<std::size_t>> choices = {
      {}, {99}, {4, 5, 6}, {10, 12, 13, 15}, {0, 1, 50, 97, 98, 99}};
  for (const std::vector<std::size_t>& chosen : choices) {
    Matrix<float> rows(chosen.size(), kCols);
    read_rows(file, chosen, rows.view());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      for (std::size_t j = 0; j < kCols; ++j) EXPECT_EQ(rows(i, j), all(chosen[i], j));
    }
  }
}

}  // namespace
}  // namespace pomona
