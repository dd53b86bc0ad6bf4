// SPDX-License-Identifier: Apache-2.0
// run: the whole chain, and its parts as verbs of their own. Each writes one output folder.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/progress.h"
#include "pomona/pipeline/extract_tables.h"
#include "pomona/pipeline/learn_tables.h"

namespace pomona {

struct OutputOptions {
  std::string out;
  bool force = false;
  std::vector<std::string> command;  // as given, for run.json
};

// How `run` and `extract` use what was made before; --force is that of OutputOptions.
struct EarlierOptions {
  std::string from;  // as in WorkOptions
  bool by_hash = false;
  bool retry_failures = false;
};

struct RunOptions {
  InputOptions input;
  OutputOptions output;
  EarlierOptions earlier;
  ExtractOptions extract;
  ReduceOptions reduce;
  TrainOptions train;
  // Makes report.html from the staged folder; none: no report. Report stands above the pipeline.
  std::function<std::string(const ObjectStore& staged)> render_report;
};

// All return run.json: of the run before, where that made just this. What a run that fails has
// finished stays below `_pomona/`, and the next one with the same options goes on from there.
Json run(const RunOptions& options, Progress& progress, const std::stop_token& stop);
Json run_extract(const RunOptions& options, Progress& progress, const std::stop_token& stop);

// run_extract as one of several machines that share the work: the one that finds all of it finished
// publishes. None while others have something left to do, with `left` the number of parts.
std::optional<Json> run_extract_share(const RunOptions& options, const ShardShare& share,
                                      std::size_t& left, Progress& progress,
                                      const std::stop_token& stop);

// `features`: an output folder of `run` or `extract`, its `features` folder, or (reduce alone) any
// table of that schema.
struct FromFeaturesOptions {
  std::string features;
  StoreOptions stores;
  OutputOptions output;
  ReduceOptions reduce;
  TrainOptions train;
  // train: as in SplitOptions; none: as when the features were made.
  std::optional<std::string> group;
  std::optional<std::uint64_t> seed;
  std::string models;  // train: where the backbone that made the features is installed
};
Json run_reduce(const FromFeaturesOptions& options, Progress& progress,
                const std::stop_token& stop);
Json run_train(const FromFeaturesOptions& options, Progress& progress, const std::stop_token& stop);

}  // namespace pomona
