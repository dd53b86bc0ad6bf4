// SPDX-License-Identifier: Apache-2.0
// A feature table of Parquet parts as a FeatureSource. Any thread; each reader is used by one
// thread at a time.
#pragma once

#include "pomona/features/feature_source.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {

class ParquetFeatures final : public FeatureSource {
 public:
  // The store outlives it. Throws as TableReader does.
  ParquetFeatures(const ObjectStore& store, TableParts parts);

  std::string describe() const override { return "'" + parts_.place + "'"; }
  std::uint64_t rows() const override { return rows_; }
  std::unique_ptr<FeatureReader> read() const override;
  std::unique_ptr<FeatureReader> read_keys() const override;

 private:
  const ObjectStore& store_;
  TableParts parts_;
  std::uint64_t rows_;
};

}  // namespace pomona
