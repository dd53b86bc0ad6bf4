// SPDX-License-Identifier: Apache-2.0
// Reduced rows as CSV: path,label,split,label_index,pc_1,…,pc_k. Used by one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "pomona/csv/csv_writer.h"
#include "pomona/features/reduced_sink.h"

namespace pomona {

class ReducedCsvWriter final : public ReducedSink {
 public:
  ReducedCsvWriter(ObjectStore& store, std::string_view key) : csv_(store, key) {}

  // The first batch says how many components there are. Throws invalid_input when another has
  // another number of them.
  void add(const ReducedBatch& batch) override;
  void finish() override;

 private:
  void begin(std::size_t n_components);

  CsvWriter csv_;
  std::optional<std::size_t> n_components_;  // none before the first row
};

}  // namespace pomona
