// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/view_mean.h"

#include <span>
#include <string>

#include "pomona/base/error.h"

namespace pomona {

MatrixView<const float> ViewMean::of(MatrixView<const float> rows) {
  if (views_ == 1) return rows;
  const std::size_t dims = rows.cols() / views_;
  if (dims * views_ != rows.cols()) {
    throw Error(ErrorKind::kCorrupt, "reading features of " + std::to_string(views_) +
                                         " views: expected a row to hold as many numbers of each, "
                                         "found " +
                                         std::to_string(rows.cols()) +
                                         " in all; extract the photographs anew");
  }
  means_ = Matrix<float>(rows.rows(), dims);
  const auto count = static_cast<float>(views_);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<const float> views = rows.row(i);
    const std::span<float> mean = means_.row(i);
    for (std::size_t view = 0; view < views_; ++view) {
      for (std::size_t at = 0; at < dims; ++at) mean[at] += views[view * dims + at];
    }
    for (float& value : mean) value /= count;
  }
  return means_.view();
}

}  // namespace pomona
