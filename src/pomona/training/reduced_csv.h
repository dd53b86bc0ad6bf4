// SPDX-License-Identifier: Apache-2.0
// Reduced rows as CSV: path,label,split,label_index,pc_1,…,pc_k. Used by one thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "pomona/csv/csv_writer.h"
#include "pomona/features/reduced_sink.h"

namespace pomona {

class ReducedCsvWriter final : public ReducedSink {
 public:
  ReducedCsvWriter(ObjectStore& store, std::string_view key, std::size_t n_components);

  // Throws invalid_input when the batch has another number of components.
  void add(const ReducedBatch& batch) override;
  void finish() override { csv_.commit(); }

 private:
  CsvWriter csv_;
  std::size_t n_components_;
};

}  // namespace pomona
