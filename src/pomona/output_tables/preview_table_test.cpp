// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/preview_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pomona/storage/memory_store.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

// Test rows come first. Of a class map's making: "b/2.jpg" is of a dropped class.
TableRows made_up_rows_of_table() {
  Manifest manifest;
  manifest.labels = {"", "kind"};
  const auto add = [&](const char* path, Split split, FileStatus status) {
    ManifestRow row;
    row.path = manifest.texts->keep(path);
    row.split = split;
    row.status = status;
    row.label = status == FileStatus::kOk ? 1 : 0;
    manifest.rows.push_back(row);
  };
  add("b/9.jpg", Split::kTest, FileStatus::kOk);
  add("a/1.jpg", Split::kTrain, FileStatus::kOk);
  add("b/2.jpg", Split::kTrain, FileStatus::kSkipped);
  add("b/3.jpg", Split::kTrain, FileStatus::kOk);
  add("b/4.jpg", Split::kTrain, FileStatus::kOk);
  TableRows rows;
  rows.manifest = std::move(manifest);
  return rows;
}

// Of every row but "b/3.jpg", and of one that the rows lack.
void write_made_up_previews(ObjectStore& store) {
  PreviewBatch batch;
  for (const auto& [path, split] :
       {std::pair("b/9.jpg", "test"), std::pair("a/1.jpg", "train"), std::pair("a/5.jpg", "train"),
        std::pair("b/2.jpg", "train"), std::pair("b/35.jpg", "train"),
        std::pair("b/4.jpg", "train")}) {
    batch.path.emplace_back(path);
    batch.label.emplace_back("folder");
    batch.split.emplace_back(split);
    batch.jpeg.push_back(std::string("preview of ") + path);
  }
  PreviewTableWriter table(store, "previews");
  table.add(batch);
  table.finish();
}

TEST(PreviewTable, IsReadByTheNumbersOfRows) {
  MemoryStore store;
  write_made_up_previews(store);
  const Previews previews =
      read_previews(store, find_parts(store, "previews"), made_up_rows_of_table());
  ASSERT_EQ(previews.rows(), (std::vector<std::size_t>{0, 1, 4}));
  EXPECT_EQ(previews.jpeg(0), "preview of b/9.jpg");
  EXPECT_EQ(previews.jpeg(1), "preview of a/1.jpg");
  EXPECT_EQ(previews.jpeg(2), "preview of b/4.jpg");
}

TEST(PreviewTable, IsCopiedWithTheLabelsOfTheRows) {
  const auto store = std::make_shared<MemoryStore>();
  write_made_up_previews(*store);
  MemoryStore out;
  copy_previews({store, "features", {}}, made_up_rows_of_table(), out);
  PreviewTableReader table(out, "previews");
  PreviewBatch found;
  ASSERT_TRUE(table.next(found));
  EXPECT_EQ(found.path, (std::vector<std::string>{"b/9.jpg", "a/1.jpg", "b/4.jpg"}));
  EXPECT_EQ(found.label, (std::vector<std::string>{"kind", "kind", "kind"}));
  EXPECT_EQ(found.split, (std::vector<std::string>{"test", "train", "train"}));
  EXPECT_EQ(found.jpeg[2], "preview of b/4.jpg");
  EXPECT_FALSE(table.next(found));
}

TEST(PreviewTable, IsNotMadeWhereNoneLiesBesideTheFeatures) {
  const auto store = std::make_shared<MemoryStore>();
  MemoryStore out;
  copy_previews({store, "features", {}}, made_up_rows_of_table(), out);
  write_made_up_previews(*store);
  copy_previews({store, "", {}}, made_up_rows_of_table(), out);  // not in an output folder
  EXPECT_FALSE(out.exists("previews/_SUCCESS"));
}

}  // namespace
}  // namespace pomona
