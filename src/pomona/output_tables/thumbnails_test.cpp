// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/thumbnails.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pomona {
namespace {

using testing::Contains;
using testing::Not;

constexpr std::size_t kOfLabel = 20;

// Two labels of more photographs than are shown of each.
TableRows rows_of_two_labels() {
  Manifest manifest;
  manifest.labels = {"a", "b"};
  for (std::uint32_t label = 0; label < 2; ++label) {
    for (std::size_t i = 0; i < kOfLabel; ++i) {
      ManifestRow row;
      row.path = manifest.texts->keep(manifest.labels[label] + "/" + std::to_string(i) + ".jpg");
      row.label = label;
      manifest.rows.push_back(row);
    }
  }
  sort_rows(manifest);
  return rows_of_manifest(std::move(manifest), "");
}

Json photograph(const TableRows& rows, std::size_t row) {
  return {{"path", std::string(rows.manifest.rows[row].path)}, {"split", "train"}};
}

TEST(RowsToShow, HaveTheMistakesThatTheReportShows) {
  const TableRows rows = rows_of_two_labels();
  SmallPictures pictures(testing::TempDir());
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    pictures.append(row, std::vector<std::uint8_t>(kPreviewBytes));
  }
  Json metrics = {{"confusions", Json::array()}, {"surest_mistakes", Json::array()}};
  const std::vector<std::size_t> usual = rows_to_show(rows, pictures, metrics, /*tsne_rows=*/{});
  EXPECT_EQ(usual.size(), 24U);
  std::vector<std::size_t> others;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (!std::ranges::binary_search(usual, row)) others.push_back(row);
  }
  ASSERT_GE(others.size(), 3U);
  metrics["surest_mistakes"].push_back(photograph(rows, others[0]));
  metrics["confusions"].push_back({{"examples", {photograph(rows, others[1])}}});
  const std::vector<std::size_t> shown = rows_to_show(rows, pictures, metrics, /*tsne_rows=*/{});
  EXPECT_THAT(shown, Contains(others[0]));
  EXPECT_THAT(shown, Contains(others[1]));
  EXPECT_THAT(shown, Not(Contains(others[2])));
}

}  // namespace
}  // namespace pomona
