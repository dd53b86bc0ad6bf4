// SPDX-License-Identifier: Apache-2.0
// From photographs to an output folder: the whole chain, or extraction alone. Each call is for one
// thread.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "pomona/base/progress.h"
#include "pomona/evaluation/training_metrics.h"
#include "pomona/jobs/extraction_summary.h"
#include "pomona/jobs/run_record.h"
#include "pomona/jobs/train_job.h"

namespace pomona {

struct RunOptions {
  InputOptions input;
  OutputOptions output;
  EarlierOptions earlier;
  ExtractOptions extract;
  ReduceOptions reduce;
  TrainOptions train;

  // Throws invalid_input that names the field.
  void check() const;
};

struct RunResult {
  std::string record;  // the text of run.json
  ExtractionSummary extraction;
  MetricsSummary metrics;  // empty: of extraction alone
};

// All return what is in the output folder: of the run before, where that made just this. What a run
// that fails has finished stays below `_pomona/`, and the next one with the same options goes on
// from there.
RunResult run(const RunOptions& options, Progress& progress, const std::stop_token& stop);
RunResult run_extract(const RunOptions& options, Progress& progress, const std::stop_token& stop);

// run_extract as one of several machines that share the work: the one that finds all of it finished
// publishes. None while others have something left to do, with `left` the number of parts, 0 where
// one of them publishes just now. Options that would undo the work of others are refused.
std::optional<RunResult> run_extract_share(const RunOptions& options, const ShardShare& share,
                                           std::size_t& left, Progress& progress,
                                           const std::stop_token& stop);

}  // namespace pomona
