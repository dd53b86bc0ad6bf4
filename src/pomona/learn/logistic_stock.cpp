// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "pomona/base/error.h"
#include "pomona/learn/logistic_objective.h"

namespace pomona {
namespace {

// Fewer rows than the first are all in the sample; of more, a fourth, up to the second: enough for
// a good start and for the curvature, at a fourth of the cost and less.
constexpr std::size_t kWholeSampleRows = 2048;
constexpr std::size_t kMostSampleRows = 16384;

std::size_t sample_stride(std::size_t rows) {
  if (rows <= kWholeSampleRows) return 1;
  return std::max<std::size_t>(4, (rows + kMostSampleRows - 1) / kMostSampleRows);
}

[[noreturn]] void refuse_stock(const std::string& why) {
  throw Error(ErrorKind::kInvalidInput, "fitting logistic regression: " + why);
}

void check_weights(const TrainingRows& rows) {
  if (rows.weights.empty()) return;
  if (rows.weights.size() != rows.rows) {
    refuse_stock("expected a weight for each of " + std::to_string(rows.rows) + " rows, found " +
                 std::to_string(rows.weights.size()));
  }
  if (!std::ranges::all_of(rows.weights, [](float w) { return std::isfinite(w) && w > 0; })) {
    refuse_stock("expected weights above 0, found another");
  }
}

void check_shape(const TrainingRows& rows) {
  if (rows.class_count < 2) {
    refuse_stock("expected at least 2 classes, found " + std::to_string(rows.class_count) +
                 "; give photographs of something else as well");
  }
  if (rows.dims == 0 || rows.block_rows == 0) {
    refuse_stock("expected rows of at least 1 dimension in blocks of at least 1 row");
  }
}

void check_classes(std::span<const std::uint64_t> counts) {
  const auto empty = std::ranges::find(counts, 0U);
  if (empty == counts.end()) return;
  refuse_stock("class " + std::to_string(empty - counts.begin()) + " of " +
               std::to_string(counts.size()) +
               " has no training rows; leave the class out or give it photographs");
}

// What one pass adds up.
class Pass {
 public:
  explicit Pass(const TrainingRows& rows) : rows_(rows), counts_(rows.class_count) {
    stock_.column_squares.resize(rows.dims);
    stock_.sample.stride = sample_stride(rows.rows);
    const std::size_t sampled = (rows.rows + stock_.sample.stride - 1) / stock_.sample.stride;
    stock_.sample.rows = Matrix<float>(sampled, rows.dims);
    stock_.sample.labels.resize(sampled);
  }

  void add(std::size_t index, std::span<const float> row, std::int32_t label) {
    const double weight = rows_.weight(index);
    if (label < 0 || static_cast<std::size_t>(label) >= rows_.class_count) {
      refuse_stock("row " + std::to_string(index) + " has label " + std::to_string(label) +
                   ", expected 0 to " + std::to_string(rows_.class_count - 1));
    }
    ++counts_[static_cast<std::size_t>(label)];
    stock_.weight += weight;
    for (std::size_t j = 0; j < row.size(); ++j) {
      stock_.column_squares[j] +=
          weight * static_cast<double>(row[j]) * static_cast<double>(row[j]);
    }
    if (!std::ranges::all_of(row, [](float value) { return std::isfinite(value); })) {
      refuse_stock("row " + std::to_string(index) + " has a value that is not finite");
    }
    if (index % stock_.sample.stride == 0) {
      const std::size_t place = index / stock_.sample.stride;
      std::ranges::copy(row, stock_.sample.rows.row(place).begin());
      stock_.sample.labels[place] = label;
      if (!rows_.weights.empty()) stock_.sample.weights.push_back(rows_.weights[index]);
      stock_.sample_weight += weight;
    }
  }

  TrainingStock finish() && {
    check_classes(counts_);
    double total = 0;
    for (double& squares : stock_.column_squares) {
      squares /= stock_.weight;
      total += squares;
    }
    if (total > 0) stock_.rms = std::sqrt(total / static_cast<double>(rows_.dims));
    return std::move(stock_);
  }

 private:
  const TrainingRows& rows_;
  std::vector<std::uint64_t> counts_;
  TrainingStock stock_;
};

}  // namespace

TrainingRows RowSample::training_rows(std::size_t class_count) const {
  TrainingRows training;
  training.dims = rows.cols();
  training.class_count = class_count;
  training.rows = rows.rows();
  training.block_rows = 512;
  training.weights = weights;
  training.read = [this, block_rows = training.block_rows](std::size_t block, MatrixView<float> to,
                                                           std::span<std::int32_t> to_labels) {
    const std::size_t first = block * block_rows;
    const MatrixView<const float> from = rows.view().rows_from(first, to.rows());
    std::copy_n(from.data(), from.size(), to.data());
    std::ranges::copy(std::span(labels).subspan(first, to_labels.size()), to_labels.begin());
  };
  return training;
}

TrainingStock take_stock(const TrainingRows& rows, const std::stop_token& stop) {
  check_shape(rows);
  check_weights(rows);
  Pass pass(rows);
  Matrix<float> block_rows(rows.block_rows, rows.dims);
  std::vector<std::int32_t> labels(rows.block_rows);
  for (std::size_t block = 0; block < rows.block_count(); ++block) {
    if (stop.stop_requested()) {
      throw Error(ErrorKind::kInterrupted, "fitting logistic regression: stopped as asked");
    }
    const std::size_t first = block * rows.block_rows;
    const std::size_t count = std::min(rows.block_rows, rows.rows - first);
    const MatrixView<float> part = block_rows.view().rows_from(0, count);
    rows.read(block, part, std::span(labels).first(count));
    for (std::size_t i = 0; i < count; ++i) pass.add(first + i, part.row(i), labels[i]);
  }
  return std::move(pass).finish();
}

}  // namespace pomona
