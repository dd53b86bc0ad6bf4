// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/crop_mean.h"

#include <span>
#include <string>

#include "pomona/base/error.h"

namespace pomona {

MatrixView<const float> CropMean::of(MatrixView<const float> rows) {
  if (crops_ == 1) return rows;
  const std::size_t dims = rows.cols() / crops_;
  if (dims * crops_ != rows.cols()) {
    throw Error(ErrorKind::kCorrupt, "reading features of " + std::to_string(crops_) +
                                         " crops: expected a row to hold as many numbers of each, "
                                         "found " +
                                         std::to_string(rows.cols()) +
                                         " in all; extract the photographs anew");
  }
  means_ = Matrix<float>(rows.rows(), dims);
  const auto count = static_cast<float>(crops_);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<const float> crops = rows.row(i);
    const std::span<float> mean = means_.row(i);
    for (std::size_t crop = 0; crop < crops_; ++crop) {
      for (std::size_t at = 0; at < dims; ++at) mean[at] += crops[crop * dims + at];
    }
    for (float& value : mean) value /= count;
  }
  return means_.view();
}

}  // namespace pomona
