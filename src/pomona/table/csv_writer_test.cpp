// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/csv_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/csv_reader.h"
#include "pomona/table/made_up_rows.h"

namespace pomona {
namespace {

TEST(CsvWriter, QuotesWhatNeedsIt) {
  MemoryStore store;
  CsvWriter writer(store, "a.csv");
  writer.text("plain text").text("a,b").text("say \"a\"").text("two\nlines").text("c\rr").text("");
  writer.end_row();
  writer.text("é").integer(-7).number(0.1F).number(0.1).empty_field().empty_field().end_row();
  writer.commit();
  EXPECT_EQ(store.read("a.csv"),
            "plain text,\"a,b\",\"say \"\"a\"\"\",\"two\nlines\",\"c\rr\",\n"
            "é,-7,0.1,0.1,,\n");
}

TEST(CsvWriter, WritesTheShortestNumbersThatReadBack) {
  MemoryStore store;
  CsvWriter writer(store, "a.csv");
  writer.number(1.0F / 3).number(1.0 / 3).number(1e-30F).number(-0.0F).number(16777216.0F);
  writer.number(std::numeric_limits<float>::max()).integer(INT64_MIN).end_row();
  writer.commit();
  EXPECT_EQ(store.read("a.csv"),
            "0.33333334,0.3333333333333333,1e-30,-0,16777216,3.4028235e+38,"
            "-9223372036854775808\n");
}

TEST(CsvWriter, LeavesNothingWithoutCommit) {
  MemoryStore store;
  {
    CsvWriter writer(store, "a.csv");
    for (int row = 0; row < 200'000; ++row) writer.text("some text").end_row();
  }
  EXPECT_FALSE(store.exists("a.csv"));
}

TEST(ReducedCsvWriter, HasTheColumnsOfTheFormat) {
  MemoryStore store;
  ReducedCsvWriter writer(store, "reduced.csv", 2);
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
  ReducedCsvWriter writer(store, "reduced.csv", 2);
  EXPECT_THROW(writer.add(made_up_rows<ReducedBatch>(0, 1, 3)), Error);
  EXPECT_NO_THROW(writer.add(ReducedBatch()));
}

TEST(ReducedCsvWriter, IsReadBackByTheReader) {
  MemoryStore store;
  const auto batch = made_up_rows<ReducedBatch>(0, 5000, 40);
  ReducedCsvWriter writer(store, "reduced.csv", 40);
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
