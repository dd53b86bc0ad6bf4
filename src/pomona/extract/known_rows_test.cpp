// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/known_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pomona {
namespace {

const std::string& scratch() {
  static const std::string folder = ::testing::TempDir();
  return folder;
}

std::vector<float> features_at(const KnownRows& known, std::size_t row) {
  std::vector<float> features(3);
  known.read_features(row, features);
  return features;
}

// Rows come in any order, and of some there is no preview.
TEST(KnownRows, GiveBackWhatWasAddedUnderEachNumber) {
  KnownRows known(6, 3, scratch(), /*by_hash=*/false);
  known.add(4, std::vector<float>{4, 5, 6}, std::string(64, 'a'), "first");
  known.add(0, std::vector<float>{1, 2, 3}, std::string(64, 'b'), {});
  known.add(5, std::vector<float>{7, 8, 9}, std::string(64, 'c'), "second");
  EXPECT_EQ(known.count(), 3U);
  EXPECT_EQ(features_at(known, 0), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(features_at(known, 4), (std::vector<float>{4, 5, 6}));
  EXPECT_EQ(features_at(known, 5), (std::vector<float>{7, 8, 9}));
  EXPECT_EQ(known.sha256(0), std::string(64, 'b'));
  EXPECT_EQ(known.sha256(5), std::string(64, 'c'));
  EXPECT_EQ(known.preview(4), "first");
  EXPECT_EQ(known.preview(5), "second") << "the row before it has no preview";
  EXPECT_EQ(known.preview(0), "");
}

TEST(KnownRows, KnowOnlyWhatWasAdded) {
  KnownRows known(3, 1, scratch(), /*by_hash=*/false);
  known.add(2, std::vector<float>{1}, std::string(64, 'a'), {});
  EXPECT_FALSE(known.has(0));
  EXPECT_FALSE(known.has(1));
  EXPECT_TRUE(known.has(2));
  EXPECT_TRUE(known.spares_reading(2));
  EXPECT_FALSE(known.spares_reading(1));
}

TEST(KnownRows, ByHashNoFileIsSpared) {
  KnownRows known(1, 1, scratch(), /*by_hash=*/true);
  known.add(0, std::vector<float>{1}, std::string(64, 'a'), {});
  EXPECT_TRUE(known.has(0));
  EXPECT_FALSE(known.spares_reading(0));
}

}  // namespace
}  // namespace pomona
