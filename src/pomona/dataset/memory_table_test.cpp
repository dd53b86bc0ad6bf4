// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/memory_table.h"

#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::ThrowsMessage;

// Rows of two features, the first of which is the row's number.
struct Given {
  explicit Given(std::size_t count) : features(count, 2) {
    for (std::size_t i = 0; i < count; ++i) features(i, 0) = static_cast<float>(i);
  }
  MemoryTable table(const SplitOptions& split = {.holdout = 0}) const {
    Progress progress;
    const std::stop_token stop;
    MemoryRows viewed = rows;
    viewed.features = features.view();
    return {std::move(viewed), split, {progress, stop}};
  }

  Matrix<float> features;
  MemoryRows rows;
};

std::vector<std::string> keys_of(const MemoryTable& table) {
  std::vector<std::string> keys;
  const auto reader = table.read();
  for (FeatureBatch batch; reader->next(batch);) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      keys.push_back(batch.split[i] + " " + batch.path[i] + " " + batch.label[i] + " " +
                     std::to_string(static_cast<int>(batch.features(i, 0))));
    }
  }
  return keys;
}

Given some_rows() {
  Given given(5);
  given.rows.labels = {"fig", "apple", "fig", "fig", "nut"};
  given.rows.paths = {"z.jpg", "b.jpg", "a.jpg", "Z.jpg", "b.jpg"};
  given.rows.sides = {Split::kTrain, Split::kTrain, Split::kTest, Split::kTrain, Split::kTest};
  return given;
}

TEST(MemoryTable, HasTheOrderOfTables) {
  const Given given = some_rows();
  const MemoryTable table = given.table();
  EXPECT_THAT(keys_of(table),
              ElementsAre("test a.jpg fig 2", "test b.jpg nut 4", "train Z.jpg fig 3",
                          "train b.jpg apple 1", "train z.jpg fig 0"));
  EXPECT_THAT(table.order(), ElementsAre(2, 4, 3, 1, 0));
  EXPECT_EQ(table.split_kind(), SplitKind::kTestSet);
  const TableRows& rows = table.table_rows();
  EXPECT_THAT(rows.train_labels, ElementsAre("apple", "fig"));
  EXPECT_THAT(rows.label_index, ElementsAre(1, -1, 1, 0, 1));
  EXPECT_EQ(rows.test_rows(), 2U);
  EXPECT_THAT(rows.first_copy, ElementsAre(0, 1, 2, 3, 4));
  // What reads the table from its keys alone finds the same rows.
  const TableRows read = rows_of_table(table, "");
  EXPECT_EQ(read.label_index, rows.label_index);
  EXPECT_EQ(read.groups.key, rows.groups.key);
}

TEST(MemoryTable, MayHaveFeaturesAndLabelsAlone) {
  Given given(1030);  // more than a batch
  for (std::size_t i = 0; i < 1030; ++i) given.rows.labels.emplace_back(i % 2 == 0 ? "a" : "b");
  const MemoryTable table = given.table();
  const std::vector<std::string> keys = keys_of(table);
  ASSERT_EQ(keys.size(), 1030U);
  EXPECT_EQ(keys.front(), "train 0000000001 a 0");
  EXPECT_EQ(keys.back(), "train 0000001030 b 1029");
  EXPECT_EQ(table.rows(), 1030U);
  EXPECT_EQ(table.split_kind(), SplitKind::kNone);
}

TEST(MemoryTable, MayHaveNoLabels) {
  const Given given(3);
  const MemoryTable table = given.table({.holdout = 0.5});
  EXPECT_THAT(table.table_rows().train_labels, IsEmpty());
  EXPECT_EQ(table.table_rows().train_rows(), 3U);
  EXPECT_EQ(table.split_kind(), SplitKind::kNone) << "there is nothing to judge";
}

TEST(MemoryTable, AHoldoutKeepsGroupsAndCopiesTogether) {
  Given given(40);
  for (std::size_t i = 0; i < 40; ++i) {
    given.rows.labels.emplace_back(i < 20 ? "a" : "b");
    given.rows.groups.push_back("plant " + std::to_string(i / 4));
  }
  given.features(8, 0) = given.features(0, 0);
  const MemoryTable table = given.table({.holdout = 0.3});
  EXPECT_EQ(table.split_kind(), SplitKind::kHoldout);
  const TableRows& rows = table.table_rows();
  EXPECT_THAT(rows.test_rows(), AllOf(testing::Ge(8U), testing::Le(16U)));
  EXPECT_TRUE(rows.groups.given);
  std::set<std::size_t> test(table.order().begin(),
                             table.order().begin() + static_cast<std::ptrdiff_t>(rows.test_rows()));
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(test.contains(i), test.contains(i / 4 * 4)) << i;
  }
  EXPECT_EQ(test.contains(0), test.contains(8)) << "copies";
  EXPECT_EQ(given.table({.holdout = 0.3}).order(), table.order());
  EXPECT_NE(given.table({.holdout = 0.3, .seed = 1}).order(), table.order());
}

TEST(MemoryTable, CopiesStayTogetherForAnySeed) {
  Given given(20);
  for (std::size_t i = 0; i < 20; ++i) {
    given.rows.labels.emplace_back(i % 2 == 0 ? "a" : "b");
    given.features(i, 0) = static_cast<float>(i % 10);
  }
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const MemoryTable table = given.table({.holdout = 0.4, .seed = seed});
    const TableRows& rows = table.table_rows();
    ASSERT_GT(rows.test_rows(), 0U);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      EXPECT_EQ(rows.manifest.rows[i].split, rows.manifest.rows[rows.first_copy[i]].split);
    }
  }
}

TEST(MemoryTable, GroupsMayBeOfAPattern) {
  Given given(4);
  given.rows.labels = {"a", "a", "b", "b"};
  given.rows.paths = {"a/r1_1.jpg", "a/r1_2.jpg", "b/r1_1.jpg", "b/r2_1.jpg"};
  const TableRows rows = given.table({.holdout = 0, .group = "^(r.)_"}).table_rows();
  EXPECT_THAT(rows.groups.of_row, ElementsAre(0, 0, 1, 2));
}

TEST(MemoryTable, LabelsAreInNfc) {
  Given given(2);
  given.rows.labels = {
      "pe\xCC\x81"
      "che",
      "p\xC3\xA9"
      "che"};
  EXPECT_THAT(given.table().table_rows().train_labels, ElementsAre("p\xC3\xA9"
                                                                   "che"));
}

void expect_refused(const Given& given, const std::string& message,
                    const SplitOptions& split = {.holdout = 0}) {
  EXPECT_THAT([&] { given.table(split); }, ThrowsMessage<Error>(StartsWith(message)));
  try {
    given.table(split);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
  }
}

TEST(MemoryRows, BoundsNameTheField) {
  expect_refused(Given(0), "features: expected at least one row, found none");
  Given given = some_rows();
  given.rows.labels.pop_back();
  expect_refused(given, "labels: expected 5 values, one for each row of features, found 4");
  given = some_rows();
  given.rows.labels[3].clear();
  expect_refused(given, "labels: expected a text for each row, found an empty one in row 3");
  given.rows.labels[3] = "\xff";
  expect_refused(given, "labels: expected UTF-8, found other bytes in row 3");
  given = some_rows();
  given.rows.paths.emplace_back("one more");
  expect_refused(given, "paths: expected 5 values");
  given = some_rows();
  given.rows.paths[3] = "b.jpg";
  expect_refused(given,
                 "paths: expected different ones on each side, found 'b.jpg' in rows 1 and 3");
  given.rows.paths[3].clear();
  expect_refused(given, "paths: expected a text for each row");
  given = some_rows();
  given.rows.sides.pop_back();
  expect_refused(given, "sides: expected 5 values");
  given = some_rows();
  given.rows.groups = {"one"};
  expect_refused(given, "groups: expected 5 values");
  given.rows.groups.assign(5, "one");
  expect_refused(given, "group: expected no pattern", {.group = "^(.)"});
  expect_refused(given, "holdout: ", {.holdout = 1});
  expect_refused(given, "test_files: expected no pattern", {.test_files = "^t"});
  given = some_rows();
  given.rows.paths.clear();
  expect_refused(given, "group: expected no pattern, since the rows have no paths",
                 {.group = "^(.)"});
}

TEST(MemoryRows, FeaturesAreFinite) {
  using Limits = std::numeric_limits<float>;
  for (const float value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
    Given given = some_rows();
    given.features(2, 1) = value;
    expect_refused(given, "features: expected finite numbers, found ");
    EXPECT_THAT([&] { given.table(); },
                ThrowsMessage<Error>(HasSubstr("in row 2, column 1 (counted from 0)")));
  }
}

TEST(MemoryRows, OfSeveralCropsAreAsWide) {
  Given given(2);
  given.rows.crops = 2;
  EXPECT_EQ(given.table().table_rows().crops, 2U);
  given.rows.crops = 3;
  expect_refused(given, "features: expected rows as wide as a multiple of the 3 crops, found 2");
  given.rows.crops = 0;
  expect_refused(given, "crops: expected 1 or more, found 0");
}

TEST(MemoryTable, StopsWhenAsked) {
  const Given given = some_rows();
  std::stop_source stop;
  stop.request_stop();
  const std::stop_token asked = stop.get_token();
  Progress progress;
  try {
    MemoryRows viewed = given.rows;
    viewed.features = given.features.view();
    const MemoryTable table(viewed, {}, {progress, asked});
    ADD_FAILURE() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
}

}  // namespace
}  // namespace pomona
