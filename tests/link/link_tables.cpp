// SPDX-License-Identifier: Apache-2.0
// Links pomona_tables alone: writes a feature table of Parquet parts and reads it back. Exits with
// 1 unless every row comes back as it was.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/output_tables/feature_place.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/made_up_rows.h"
#include "pomona/table/parquet_features.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

// Opens this store whatever the place is called.
class OneStore final : public StoreOpener {
 public:
  explicit OneStore(std::shared_ptr<ObjectStore> store) : store_(std::move(store)) {}
  std::shared_ptr<ObjectStore> open(const std::string&, OpenMode) const override { return store_; }

 private:
  std::shared_ptr<ObjectStore> store_;
};

std::size_t equal_rows(const FeatureSource& source, const FeatureBatch& expected) {
  std::size_t row = 0;
  std::size_t equal = 0;
  const auto reader = source.read();
  for (FeatureBatch batch; reader->next(batch);) {
    for (std::size_t i = 0; i < batch.rows() && row < expected.rows(); ++i, ++row) {
      const auto read = batch.features.row(i);
      equal += batch.path[i] == expected.path[row] && batch.label[i] == expected.label[row] &&
               batch.split[i] == expected.split[row] &&
               std::equal(read.begin(), read.end(), expected.features.row(row).begin(),
                          expected.features.row(row).end());
    }
  }
  return equal;
}

int check_tables() {
  const auto store = std::make_shared<MemoryStore>();
  const auto rows = made_up_rows<FeatureBatch>(0, 3000, 24);
  FeatureTableWriter writer(*store, "features");
  writer.add(rows);
  writer.finish();
  const FeaturePlace place = open_features("made up", OneStore(store));
  const ParquetFeatures features(*place.store, find_parts(*place.store, place.place));
  const std::size_t equal = equal_rows(features, rows);
  std::printf("tables: %zu of %zu rows came back equal\n", equal, rows.rows());
  return equal == rows.rows() && features.rows() == rows.rows() ? 0 : 1;
}

}  // namespace
}  // namespace pomona

int main() try { return pomona::check_tables(); } catch (const pomona::Error& error) {
  std::fprintf(stderr, "link_tables: %s\n", error.what());
  return 1;
}
