// SPDX-License-Identifier: Apache-2.0
// Rows of features in memory: a sink that is a source once it is finished. One thread adds;
// afterwards any number may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pomona/features/feature_sink.h"
#include "pomona/features/feature_source.h"

namespace pomona {

class MemoryFeatures final : public FeatureSink, public FeatureSource {
 public:
  void add(const FeatureBatch& batch) override;
  void finish() override {}

  std::string describe() const override { return "features in memory"; }
  std::uint64_t rows() const override { return rows_; }
  std::unique_ptr<FeatureReader> read() const override;
  std::unique_ptr<FeatureReader> read_keys() const override;

 private:
  std::vector<FeatureBatch> batches_;
  std::uint64_t rows_ = 0;
};

}  // namespace pomona
