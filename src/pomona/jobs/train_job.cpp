// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/train_job.h"

#include <optional>
#include <utility>
#include <vector>

#include "pomona/bundle/write_bundle.h"
#include "pomona/evaluation/evaluate.h"
#include "pomona/table/parquet_writer.h"
#include "pomona/training/reduced_csv.h"

namespace pomona {

TrainingMetrics train_job(const FeatureTable& table, const ExtractSetup& setup,
                          const TrainJobOptions& options, const JobContext& context) {
  ObjectStore& staged = context.out.staged();
  context.timeline.end();
  std::optional<ReducedTableWriter> parquet;
  std::optional<ReducedCsvWriter> csv;
  std::vector<ReducedSink*> reduced;
  if (options.write_reduced) {
    reduced = {&parquet.emplace(staged, "reduced"), &csv.emplace(staged, "reduced.csv")};
  }
  TrainedChain chain = train_chain(table, setup, options.chain, reduced,
                                   context.out.scratch_folder(), context.execution);
  context.timeline.append(chain.timeline);
  write_bundle(chain.bundle, staged, "bundle");
  const Confusion& confusion = chain.metrics.results.confusion;
  if (!confusion.labels.empty()) write_confusion(confusion, staged, "confusion.csv");
  staged.write("tsne.json", print_json(tsne_json(chain.tsne)));
  staged.write("metrics.json", print_json(metrics_json(chain.metrics)));
  context.timeline.end();
  return std::move(chain.metrics);
}

}  // namespace pomona
