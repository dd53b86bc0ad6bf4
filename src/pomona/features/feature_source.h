// SPDX-License-Identifier: Apache-2.0
// Where rows of features come from: a Parquet table, memory, an Arrow stream. The counterpart of
// FeatureSink. Fits read their rows several times, so a source gives one reader for each pass. A
// source may be asked from any thread; each reader is used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pomona/features/feature_sink.h"

namespace pomona {

class FeatureReader {
 public:
  virtual ~FeatureReader() = default;
  // Replaces `batch` by the next rows; false at the end, `batch` is then empty.
  virtual bool next(FeatureBatch& batch) = 0;
};

class FeatureSource {
 public:
  virtual ~FeatureSource() = default;
  // What messages call it.
  virtual std::string describe() const = 0;
  virtual std::uint64_t rows() const = 0;
  // All rows from the first on. The source outlives the reader.
  virtual std::unique_ptr<FeatureReader> read() const = 0;
  // The same with path, label and split alone; features stay empty (rows × 0).
  virtual std::unique_ptr<FeatureReader> read_keys() const = 0;
};

}  // namespace pomona
