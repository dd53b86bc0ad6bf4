// SPDX-License-Identifier: Apache-2.0
// From photographs to an output folder: the whole chain, or extraction alone. Each call is for one
// thread.
#pragma once

#include <cstddef>
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

// What a shard leaves.
struct ShareRun {
  std::size_t left = 0;             // parts that other shards have to finish
  std::string record;               // JSON of what it did and what is left
  std::optional<RunResult> result;  // where the results are published
};

// One of several machines that share the work. Without a share it lists the photographs and begins,
// so that the others find a listing. Options that would undo the work of others are refused, except
// there.
//
// Of run_extract_share() the machine that finds all finished publishes. Of run_share() none does:
// run() goes on with what they have finished.
ShareRun run_share(const RunOptions& options, const std::optional<ShardShare>& share,
                   Progress& progress, const std::stop_token& stop);
ShareRun run_extract_share(const RunOptions& options, const std::optional<ShardShare>& share,
                           Progress& progress, const std::stop_token& stop);

}  // namespace pomona
