// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/near_duplicate_groups.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "pomona/base/progress.h"
#include "pomona/features/memory_features.h"

namespace pomona {
namespace {

using testing::ElementsAre;

struct TwoNumbers {
  const char* path;
  std::int32_t label;
  float x;
  float y;
};

// Each source lies around a place of its own. Of the shop, 1 and 2 are near-duplicates; 3 is
// another, of which a copy stands among the tables, and one by another label. 1 and 2 are near to
// that copy as the tables see them, but not as the shop does.
constexpr auto kShopAndTables = std::to_array<TwoNumbers>({
    {"shop/a/1.jpg", 0, 10, 11},
    {"shop/a/2.jpg", 0, 10, 12},
    {"shop/a/3.jpg", 0, 12, 9},
    {"shop/k/4.jpg", 1, 8, 8},
    {"table/a/1.jpg", 0, 12, 9.01F},
    {"table/a/2.jpg", 0, -30, -10},
    {"table/k/3.jpg", 1, 12, 9},
    {"table/k/4.jpg", 1, -34, -48},
});

std::vector<std::int32_t> groups_at(double distance, const std::vector<std::string>& sources) {
  TableRows rows;
  rows.train_labels = {"apple", "kiwi"};
  MemoryFeatures table;
  FeatureBatch batch;
  batch.features = Matrix<float>(kShopAndTables.size(), 2);
  for (std::size_t i = 0; i < kShopAndTables.size(); ++i) {
    const TwoNumbers& one = kShopAndTables[i];
    ManifestRow row;
    row.path = one.path;
    rows.manifest.rows.push_back(row);
    rows.label_index.push_back(one.label);
    batch.path.emplace_back(one.path);
    batch.label.emplace_back(rows.train_labels[static_cast<std::size_t>(one.label)]);
    batch.split.emplace_back("train");
    batch.features(i, 0) = one.x;
    batch.features(i, 1) = one.y;
  }
  table.add(batch);
  rows.groups = find_groups(rows.manifest, "");
  Progress progress;
  join_near_duplicates(rows, table, sources, distance, testing::TempDir(), {progress, {}, 1});
  return {rows.groups.of_row.begin(), rows.groups.of_row.end()};
}

TEST(NearDuplicateGroups, JoinPhotographsOfALabelAndCopiesInOtherSources) {
  EXPECT_THAT(groups_at(0.05, {"shop", "table"}), ElementsAre(0, 0, 2, 3, 2, 5, 6, 7));
}

TEST(NearDuplicateGroups, AreSmallerAtASmallerDistance) {
  EXPECT_THAT(groups_at(1e-6, {"shop", "table"}), ElementsAre(0, 0, 2, 3, 4, 5, 6, 7));
}

TEST(NearDuplicateGroups, OfOneSourceAreSeenFromItsMeanAlone) {
  EXPECT_THAT(groups_at(0.05, {}), ElementsAre(0, 0, 0, 3, 0, 5, 3, 7));
}

}  // namespace
}  // namespace pomona
