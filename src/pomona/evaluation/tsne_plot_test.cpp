// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/tsne_plot.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(TsnePlot, HasAPointForEachOfFewRowsInTheirOrder) {
  TableRows rows;
  rows.manifest.labels = {"apple", "kiwi"};
  RowFile components(testing::TempDir(), 3);
  Matrix<float> values(20, 3);
  for (std::size_t i = 0; i < values.rows(); ++i) {
    ManifestRow row;
    row.path = rows.manifest.texts->keep(std::to_string(i + 10) + ".jpg");
    row.label = i < 10 ? 0 : 1;
    row.split = i == 0 ? Split::kTest : Split::kTrain;
    rows.manifest.rows.push_back(row);
    rows.label_index.push_back(static_cast<std::int32_t>(row.label));
    for (std::size_t j = 0; j < 3; ++j) values(i, j) = static_cast<float>(i * (j + 1) % 7);
  }
  components.append(values.view());
  Progress progress;
  const std::stop_token stop;
  const TsnePlot plot = make_tsne_plot(components, rows, {progress, stop});
  ASSERT_EQ(plot.points.size(), 20U);
  const Json json = tsne_json(plot);
  EXPECT_EQ(json.at("method"), "t-SNE");
  EXPECT_EQ(json.at("perplexity"), plot.perplexity);
  const Json& first = json.at("points").at(0);
  EXPECT_EQ(first, Json({{"path", "10.jpg"},
                         {"label", "apple"},
                         {"split", "test"},
                         {"x", plot.points[0].x},
                         {"y", plot.points[0].y}}));
  EXPECT_EQ(json.at("points").at(19).at("label"), "kiwi");
  EXPECT_NE(plot.points[0].x, plot.points[19].x);
}

}  // namespace
}  // namespace pomona
