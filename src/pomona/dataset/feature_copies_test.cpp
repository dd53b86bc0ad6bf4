// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/feature_copies.h"

#include <gmock/gmock.h>

#include <string>

#include "pomona/features/memory_features.h"

namespace pomona {
namespace {

using testing::ElementsAre;

// Rows of these features, of the label a for even ones and b for odd ones, in batches of two.
struct Table {
  MemoryFeatures features;
  TableRows rows;

  explicit Table(const std::vector<float>& values) {
    rows.manifest.labels = {"a", "b"};
    for (std::size_t first = 0; first < values.size(); first += 2) {
      FeatureBatch batch;
      const std::size_t count = std::min<std::size_t>(2, values.size() - first);
      batch.features = Matrix<float>(count, 1);
      for (std::size_t i = 0; i < count; ++i) {
        ManifestRow row;
        row.path = rows.manifest.texts->keep(std::to_string(first + i) + ".jpg");
        row.label = static_cast<std::uint32_t>(i);
        rows.manifest.rows.push_back(row);
        batch.path.emplace_back(row.path);
        batch.label.push_back(rows.manifest.labels[i]);
        batch.split.emplace_back("train");
        batch.features(i, 0) = values[first + i];
      }
      features.add(batch);
    }
    features.finish();
    rows.groups = find_groups(rows.manifest, "");
  }
  void join() {
    Progress progress;
    const std::stop_token stop;
    join_feature_copies(rows, features, {progress, stop});
  }
};

TEST(FeatureCopies, AreRowsOfExactlyTheSameFeatures) {
  Table table({1, 2, 1, 1.0000001F, 2, 1});
  table.join();
  EXPECT_THAT(table.rows.first_copy, ElementsAre(0, 1, 0, 3, 1, 0));
  EXPECT_THAT(table.rows.groups.of_row, ElementsAre(0, 1, 0, 3, 1, 0));
  EXPECT_THAT(table.rows.groups.mixed, ElementsAre(1, 1, 0, 0, 0, 0));
  EXPECT_FALSE(table.rows.groups.given);
  EXPECT_THAT(single_rows(table.rows).of_row, ElementsAre(0, 1, 0, 3, 1, 0));
}

TEST(FeatureCopies, WithoutAnyGroupsStayAsTheyAre) {
  Table table({1, 2, 3});
  table.join();
  EXPECT_THAT(table.rows.first_copy, ElementsAre(0, 1, 2));
  EXPECT_THAT(table.rows.groups.of_row, ElementsAre(0, 1, 2));
  EXPECT_TRUE(table.rows.groups.mixed.empty());
}

TEST(FeatureCopies, RowsOfDroppedClassesAreCopiesOfNone) {
  Table table({1, 1, 1});
  table.rows.manifest.rows[0].status = FileStatus::kSkipped;
  table.join();
  EXPECT_THAT(table.rows.first_copy, ElementsAre(0, 1, 1));
}

}  // namespace
}  // namespace pomona
