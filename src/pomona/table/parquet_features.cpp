// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/parquet_features.h"

#include <utility>

namespace pomona {
namespace {

class Reader final : public FeatureReader {
 public:
  Reader(const ObjectStore& store, const TableParts& parts, TableColumns columns)
      : table_(store, parts, columns) {}

  bool next(FeatureBatch& batch) override { return table_.next(batch); }

 private:
  FeatureTableReader table_;
};

}  // namespace

ParquetFeatures::ParquetFeatures(const ObjectStore& store, TableParts parts)
    : store_(store),
      parts_(std::move(parts)),
      rows_(FeatureTableReader(store_, parts_, TableColumns::kKeys).rows()) {}

std::unique_ptr<FeatureReader> ParquetFeatures::read() const {
  return std::make_unique<Reader>(store_, parts_, TableColumns::kAll);
}

std::unique_ptr<FeatureReader> ParquetFeatures::read_keys() const {
  return std::make_unique<Reader>(store_, parts_, TableColumns::kKeys);
}

}  // namespace pomona
