// SPDX-License-Identifier: Apache-2.0
// Trains on a feature table and writes what comes out: the second half of `run`; `pomona train` is
// a part of it. Each call is for the thread that runs the verb.
#pragma once

#include "pomona/evaluation/train_chain.h"
#include "pomona/jobs/job_context.h"

namespace pomona {

struct TrainJobOptions {
  TrainChainOptions chain;
  bool write_reduced = true;  // the reduced table and CSV
};

// Writes reduced/, reduced.csv, bundle/, metrics.json, confusion.csv and tsne.json to the staged
// folder and returns what metrics.json records. Throws as train_chain() does.
TrainingMetrics train_job(const FeatureTable& table, const ExtractSetup& setup,
                          const TrainJobOptions& options, const JobContext& context);

}  // namespace pomona
