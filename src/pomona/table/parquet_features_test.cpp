// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/parquet_features.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/made_up_rows.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

TEST(ParquetFeatures, GivesAllRowsOfEveryPass) {
  MemoryStore store;
  const auto rows = made_up_rows<FeatureBatch>(0, 5000, 3);
  FeatureTableWriter writer(store, "features");
  writer.add(rows);
  writer.finish();
  const ParquetFeatures features(store, find_parts(store, "features"));
  EXPECT_EQ(features.rows(), 5000U);
  EXPECT_EQ(features.describe(), "'features'");
  for (int pass = 0; pass < 2; ++pass) {
    const auto reader = features.read();
    std::size_t seen = 0;
    for (FeatureBatch batch; reader->next(batch);) {
      for (std::size_t i = 0; i < batch.rows(); ++i, ++seen) {
        ASSERT_EQ(batch.path[i], rows.path[seen]);
        ASSERT_EQ(batch.features(i, 2), rows.features(seen, 2));
      }
    }
    EXPECT_EQ(seen, 5000U);
  }
  const auto keys = features.read_keys();
  FeatureBatch batch;
  ASSERT_TRUE(keys->next(batch));
  EXPECT_EQ(batch.label[1], rows.label[1]);
  EXPECT_EQ(batch.features.cols(), 0U);
}

TEST(ParquetFeatures, FailsWhereThereIsNoTable) {
  const MemoryStore store;
  EXPECT_THROW(ParquetFeatures(store, find_parts(store, "features")), Error);
}

}  // namespace
}  // namespace pomona
