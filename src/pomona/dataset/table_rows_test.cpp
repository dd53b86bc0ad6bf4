// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/table_rows.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/features/memory_features.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

struct TableKey {
  std::string split;
  std::string path;
  std::string label;
};

// In batches of two rows.
MemoryFeatures table_of(const std::vector<TableKey>& keys) {
  MemoryFeatures features;
  for (std::size_t first = 0; first < keys.size(); first += 2) {
    FeatureBatch batch;
    for (std::size_t i = first; i < std::min(first + 2, keys.size()); ++i) {
      batch.split.push_back(keys[i].split);
      batch.path.push_back(keys[i].path);
      batch.label.push_back(keys[i].label);
    }
    batch.features = Matrix<float>(batch.rows(), 1);
    features.add(batch);
  }
  features.finish();
  return features;
}

const std::vector<TableKey>& some_keys() {
  static const std::vector<TableKey> keys = {{"test", "fig/1.jpg", "fig"},
                                             {"test", "nut/2.jpg", "nut"},
                                             {"train", "apple/1.jpg", "apple"},
                                             {"train", "fig/2.jpg", "fig"},
                                             {"train", "loose.jpg", ""}};
  return keys;
}

TEST(TableRowsTest, LabelsOfTrainingAreNumberedInByteOrder) {
  const TableRows rows = rows_of_table(table_of(some_keys()), "");
  EXPECT_THAT(rows.train_labels, ElementsAre("apple", "fig"));
  EXPECT_THAT(rows.label_index, ElementsAre(1, -1, 0, 1, -1));
  EXPECT_EQ(rows.rows(), 5U);
  EXPECT_EQ(rows.test_rows(), 2U);
  EXPECT_THAT(rows.side(Split::kTest), ElementsAre(0, 1));
  EXPECT_THAT(rows.side(Split::kTrain), ElementsAre(2, 3, 4));
  EXPECT_THAT(rows.weights, IsEmpty());
  EXPECT_EQ(rows.weight(3), 1);
  for (std::size_t i = 0; i < rows.train_classes.size(); ++i) {
    EXPECT_EQ(rows.manifest.labels[rows.train_classes[i]], rows.train_labels[i]);
  }
}

TEST(TableRowsTest, ARowIsFoundByItsKey) {
  const TableRows rows = rows_of_table(table_of(some_keys()), "");
  EXPECT_EQ(rows.find(Split::kTest, "nut/2.jpg"), 1U);
  EXPECT_EQ(rows.find(Split::kTrain, "apple/1.jpg"), 2U);
  EXPECT_THAT([&] { (void)rows.find(Split::kTrain, "nut/2.jpg"); },
              ThrowsMessage<Error>(HasSubstr("no 'nut/2.jpg' among the train rows")));
}

TEST(TableRowsTest, GroupsAreOfThePattern) {
  const TableRows rows = rows_of_table(
      table_of(
          {{"train", "a/r_1.jpg", "a"}, {"train", "a/r_2.jpg", "a"}, {"train", "a/s_1.jpg", "a"}}),
      "^(._)");
  EXPECT_TRUE(rows.groups.given);
  EXPECT_EQ(rows.groups.of_row[0], rows.groups.of_row[1]);
  EXPECT_NE(rows.groups.of_row[0], rows.groups.of_row[2]);
}

TEST(TableRowsTest, ATableOutOfOrderIsDamaged) {
  for (const auto& [first, second] : {std::pair(3, 2), std::pair(2, 1)}) {
    std::vector<TableKey> keys = some_keys();
    std::swap(keys[static_cast<std::size_t>(first)], keys[static_cast<std::size_t>(second)]);
    EXPECT_THAT([&] { rows_of_table(table_of(keys), ""); },
                ThrowsMessage<Error>(HasSubstr("byte order of split and path")));
  }
  EXPECT_THAT(
      [] {
        rows_of_table(table_of({{"tests", "a/1.jpg", "a"}}), "");
      },
      ThrowsMessage<Error>(HasSubstr("found 'tests'")));
}

TEST(TableRowsTest, AClassMapLabelsAnewWeighsAndDrops) {
  LabelRule rule;
  rule.classes = ClassMap::parse(
      "source,class,label,weight,variety\n,apple,pome,3,gala\n,fig,fig,,\n,nut,,,\n", "'m.csv'");
  const TableRows rows = rows_of_table(table_of(some_keys()), "", rule);
  EXPECT_THAT(rows.train_labels, ElementsAre("fig", "pome"));
  EXPECT_THAT(rows.label_index, ElementsAre(0, -1, 1, 0, -1));
  EXPECT_THAT(rows.side(Split::kTest), ElementsAre(0)) << "a dropped class stands on no side";
  EXPECT_EQ(rows.test_rows(), 2U) << "but its rows are in the table";
  EXPECT_THAT(rows.weights, ElementsAre(1, 1, 3, 1, 1));
  EXPECT_THAT(rows.varieties, ElementsAre("gala"));
  EXPECT_THAT(rows.variety_index, ElementsAre(-1, -1, 0, -1, -1));
}

TEST(TableRowsTest, OfAManifestOnlyRowsThatAreThereCount) {
  Manifest manifest;
  manifest.labels = {"a", "b"};
  manifest.rows.push_back({"a/1.jpg", 1, 0, Split::kTest});
  manifest.rows.push_back({"a/2.jpg", 1, 0, Split::kTrain, FileStatus::kFailed});
  manifest.rows.push_back({"b/3.jpg", 1, 1, Split::kTrain});
  manifest.rows.push_back({"b/4.txt", 1, 1, Split::kTrain, FileStatus::kSkipped});
  manifest.failures.push_back({Split::kTrain, "a/2.jpg", "decode", "corrupt", ""});
  const TableRows rows = rows_of_manifest(std::move(manifest), "");
  EXPECT_EQ(rows.rows(), 2U);
  EXPECT_THAT(rows.train_labels, ElementsAre("b"));
  EXPECT_THAT(rows.label_index, ElementsAre(-1, 0));
  EXPECT_THAT(rows.manifest.failures, IsEmpty());
}

TEST(TableRowsTest, LabelNumbersAreThoseOfASortedList) {
  const std::vector<std::string> labels = {"a", "c"};
  EXPECT_EQ(label_number(labels, "a"), 0);
  EXPECT_EQ(label_number(labels, "b"), -1);
  EXPECT_EQ(label_number(labels, "c"), 1);
  EXPECT_EQ(label_number(labels, "d"), -1);
  EXPECT_EQ(label_number({}, "a"), -1);
}

}  // namespace
}  // namespace pomona
