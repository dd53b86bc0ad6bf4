// SPDX-License-Identifier: Apache-2.0
// Scores that stand beside the main one, to say what it is worth.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "pomona/base/progress.h"
#include "pomona/pipeline/evaluate.h"
#include "pomona/pipeline/reduce.h"
#include "pomona/pipeline/small_pictures.h"
#include "pomona/pipeline/table_rows.h"
#include "pomona/pipeline/train.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// How often the photograph that looks most alike on 16 × 16 pixels has the right label: no network,
// no learning. High values mean that test photographs have near-twins in training. Of at most
// 20,000 training and 2,000 test photographs. None when there is nothing to compare.
struct PixelControl {
  double accuracy = 0;
  std::size_t train_rows = 0;
  std::size_t test_rows = 0;
};
std::optional<PixelControl> pixel_control(const SmallPictures& pictures, const TableRows& rows,
                                          std::size_t workers);

// The whole chain fitted a second time on another division of the same rows: scaler, PCA,
// classifier. `groups` says what stays together.
struct SecondFit {
  Evaluation evaluation;
  std::size_t train_rows = 0;
};
std::optional<SecondFit> second_fit(const ObjectStore& store, const TableParts& features,
                                    const TableRows& rows, const Groups& groups, double share,
                                    const ReduceOptions& reduce_options,
                                    const TrainOptions& train_options,
                                    const std::string& scratch_path, Progress& progress,
                                    const std::stop_token& stop);

}  // namespace pomona
