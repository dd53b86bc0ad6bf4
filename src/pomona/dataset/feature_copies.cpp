// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/feature_copies.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "pomona/base/digest.h"
#include "pomona/base/stop.h"
#include "pomona/dataset/files/copies.h"
#include "pomona/features/read_ahead.h"

namespace pomona {

void join_feature_copies(TableRows& rows, const FeatureSource& features,
                         const Execution& execution) {
  const std::unique_ptr<FeatureReader> pass = features.read();
  ReadAhead<FeatureReader, FeatureBatch> reader(*pass);
  std::unordered_map<std::string, std::size_t> first_rows;  // by digest
  first_rows.reserve(rows.rows());
  rows.first_copy.clear();
  rows.first_copy.reserve(rows.rows());
  FeatureBatch batch;
  while (reader.next(batch)) {
    throw_if_stopped(execution.stop);
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      const std::size_t row = rows.first_copy.size();
      const std::span<const char> bytes =
          std::span(reinterpret_cast<const char*>(batch.features.row(i).data()),
                    batch.features.cols() * sizeof(float));
      const bool is_dropped = rows.manifest.rows[row].status == FileStatus::kSkipped;
      rows.first_copy.push_back(
          is_dropped
              ? row
              : first_rows.try_emplace(sha256({bytes.data(), bytes.size()}), row).first->second);
    }
  }
  join_copies(rows.manifest, rows.first_copy, rows.groups);
}

}  // namespace pomona
