// SPDX-License-Identifier: Apache-2.0
// From a feature table to an output folder: reduction alone, or all that is learnt. Each call is
// for one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/progress.h"
#include "pomona/evaluation/training_metrics.h"
#include "pomona/jobs/run_record.h"
#include "pomona/jobs/train_job.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

// `features`: an output folder of `run` or `extract`, its `features` folder, or (reduce alone) any
// table of that schema.
struct FromFeaturesOptions {
  std::string features;
  std::string classes;  // as in InputOptions
  std::shared_ptr<const StoreOpener> stores = local_store_opener();
  OutputOptions output;
  ReduceOptions reduce;
  TrainOptions train;
  // train: as in SplitOptions; none: as when the features were made.
  std::optional<std::string> group;
  std::optional<std::uint64_t> seed;
  double near_duplicates = 0;  // train: as in join_near_duplicates(); 0: no such groups
  std::string models;          // train: where the backbone that made the features is installed

  // Throws invalid_input that names the field.
  void check() const;
};

// The share of the variance that each component explains.
std::vector<double> run_reduce(const FromFeaturesOptions& options, Progress& progress,
                               const std::stop_token& stop);
MetricsSummary run_train(const FromFeaturesOptions& options, Progress& progress,
                         const std::stop_token& stop);

}  // namespace pomona
