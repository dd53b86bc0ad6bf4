// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/reduced_csv.h"

#include <string>

#include "pomona/base/error.h"

namespace pomona {

void ReducedCsvWriter::begin(std::size_t n_components) {
  n_components_ = n_components;
  for (const std::string_view name : {"path", "label", "split", "label_index"}) csv_.text(name);
  for (std::size_t i = 1; i <= n_components; ++i) csv_.text("pc_" + std::to_string(i));
  csv_.end_row();
}

void ReducedCsvWriter::add(const ReducedBatch& batch) {
  if (batch.rows() == 0) return;
  const std::size_t found = batch.pca_features.cols();
  if (!n_components_) begin(found);
  const std::size_t expected = n_components_.value_or(found);
  if (found != expected) {
    throw Error(ErrorKind::kInvalidInput, "writing reduced rows as CSV: expected " +
                                              std::to_string(expected) + " components, found " +
                                              std::to_string(found));
  }
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    csv_.text(batch.path[i]).text(batch.label[i]).text(batch.split[i]);
    if (const auto& index = batch.label_index[i]) {
      csv_.integer(*index);
    } else {
      csv_.empty_field();
    }
    for (const float value : batch.pca_features.row(i)) csv_.number(value);
    csv_.end_row();
  }
}

void ReducedCsvWriter::finish() {
  if (!n_components_) begin(0);
  csv_.commit();
}

}  // namespace pomona
