// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/reduced_csv.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/random.h"
#include "pomona/csv/csv_reader.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

ReducedBatch rows_of(std::size_t rows, std::size_t n_components) {
  ReducedBatch batch;
  batch.pca_features = Matrix<float>(rows, n_components);
  Random random(1);
  for (std::size_t row = 0; row < rows; ++row) {
    batch.path.push_back("Früchte/" + std::to_string(row) + ", \"a\".jpg");
    batch.label.push_back("Kind " + std::to_string(row % 131));
    batch.split.emplace_back("train");
    batch.label_index.push_back(row % 3 == 0 ? std::nullopt : std::optional<std::int32_t>(1));
    for (float& number : batch.pca_features.view().row(row)) {
      number = static_cast<float>(random.uniform() * 6 - 3);
    }
  }
  return batch;
}

TEST(ReducedCsvWriter, HasTheColumnsOfTheFormat) {
  MemoryStore store;
  ReducedCsvWriter writer(store, "reduced.csv");
  ReducedBatch batch;
  batch.path = {"a/1, 2.jpg", "b/3.jpg"};
  batch.label = {"a", "b"};
  batch.split = {"train", "test"};
  batch.label_index = {0, std::nullopt};
  batch.pca_features = Matrix<float>(2, 2);
  batch.pca_features(0, 0) = 1.5F;
  batch.pca_features(1, 1) = -0.1F;
  writer.add(batch);
  writer.finish();
  EXPECT_EQ(store.read("reduced.csv"),
            "path,label,split,label_index,pc_1,pc_2\n"
            "\"a/1, 2.jpg\",a,train,0,1.5,0\n"
            "b/3.jpg,b,test,,0,-0.1\n");
}

TEST(ReducedCsvWriter, RefusesAnotherNumberOfComponents) {
  MemoryStore store;
  ReducedCsvWriter writer(store, "reduced.csv");
  writer.add(ReducedBatch());
  writer.add(rows_of(1, 2));
  EXPECT_THROW(writer.add(rows_of(1, 3)), Error);
  EXPECT_NO_THROW(writer.add(ReducedBatch()));
}

TEST(ReducedCsvWriter, OfNoRowsIsTheHeaderAlone) {
  MemoryStore store;
  ReducedCsvWriter writer(store, "reduced.csv");
  writer.finish();
  EXPECT_EQ(store.read("reduced.csv"), "path,label,split,label_index\n");
}

TEST(ReducedCsvWriter, IsReadBackByTheReader) {
  MemoryStore store;
  const auto batch = rows_of(5000, 40);
  ReducedCsvWriter writer(store, "reduced.csv");
  writer.add(batch);
  writer.finish();
  const std::string text = store.read("reduced.csv");
  CsvReader reader(text, "reduced.csv");
  std::vector<std::string> fields;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    ASSERT_TRUE(reader.next(fields));
    ASSERT_EQ(fields.size(), 44U);
    EXPECT_EQ(fields[0], batch.path[row]);
    EXPECT_EQ(fields[3].empty(), !batch.label_index[row].has_value());
    for (std::size_t i = 0; i < 40; ++i) {
      ASSERT_EQ(std::stof(fields[4 + i]), batch.pca_features(row, i));
    }
  }
  EXPECT_FALSE(reader.next(fields));
}

}  // namespace
}  // namespace pomona
