// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/extract_tables.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/dataset/files/failure_table.h"
#include "pomona/extract/known_rows.h"
#include "pomona/output_tables/earlier_rows.h"
#include "pomona/output_tables/finished_shards.h"

namespace pomona {
namespace {

std::size_t training_files(const Manifest& manifest) {
  return static_cast<std::size_t>(std::ranges::count_if(manifest.rows, [](const ManifestRow& row) {
    return row.split == Split::kTrain && row.status == FileStatus::kOk;
  }));
}

FinishedShards finished_shards(const ExtractionWork& work, const ExtractRequest& request,
                               OutputFolder& out) {
  return {out.work(), work.manifest, request.options.part_files, request.options.previews};
}

// The work of this extraction that is finished, and rows of earlier ones.
struct ResumedWork {
  // `share`: of the one machine that has it; none: all.
  ResumedWork(const ExtractionWork& work, const ExtractRequest& request, OutputFolder& out,
              Progress& progress, const std::optional<ShardShare>& share = std::nullopt)
      : shards(finished_shards(work, request, out)), out_(out) {
    const std::size_t all = shards.shards().size();
    const std::size_t damaged = shards.find(work.setup.featurizer.slots, [&](std::size_t shard) {
      return !share || share->includes(shard, all);
    });
    if (damaged > 0) {
      progress.warn(std::to_string(damaged) +
                    " finished parts were not as they were written, and are made again");
    }
    report(progress, work.resumed && !share);
    if (!work.from.empty() || request.earlier.retry_failures) {
      known = std::make_unique<KnownRows>(work.manifest.rows.size(), work.setup.row_width(),
                                          out.scratch_folder(), request.earlier.by_hash);
    }
    if (request.earlier.retry_failures) reopen();
    if (work.from.empty()) return;
    const std::size_t without_preview = add_rows_of_output(
        work.from, *request.input.stores, {work.manifest, work.roots.test != nullptr}, work.setup,
        request.options.previews, *known);
    progress.note(std::to_string(known->count()) + " of " +
                  std::to_string(work.manifest.rows.size()) + " files are as they were in '" +
                  work.from + "' and are taken from there");
    if (without_preview > 0) {
      progress.warn("previews: " + std::to_string(without_preview) +
                    " photographs are as they were in '" + work.from +
                    "', but have no preview there. They are read again; without previews they are "
                    "taken");
    }
  }
  // What is finished outlives an error.
  ~ResumedWork() {
    if (shards.finished() > 0) out_.keep_work();
  }
  ResumedWork(const ResumedWork&) = delete;
  ResumedWork& operator=(const ResumedWork&) = delete;

  ExtractMemory memory() { return {&shards, known.get()}; }

  FinishedShards shards;
  std::unique_ptr<KnownRows> known;

 private:
  void report(Progress& progress, bool resumed) const {
    if (!resumed) return;
    progress.note("going on with an unfinished run: " + std::to_string(shards.finished()) + " of " +
                  std::to_string(shards.shards().size()) + " parts are finished");
  }
  void reopen() {
    for (const Shard& shard : shards.shards()) {
      if (shards.is_finished(shard.number) && shards.failed(shard.number) > 0)
        reopen_shard(shards, shard.number, *known);
    }
  }

  OutputFolder& out_;
};

}  // namespace

std::vector<LabelCounts> count_labels(const Manifest& manifest) {
  std::vector<LabelCounts> counts(manifest.labels.size());
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i].label = manifest.labels[i];
  for (const ManifestRow& row : manifest.rows) {
    LabelCounts& of_label = counts[row.label];
    if (row.status == FileStatus::kFailed) ++of_label.failed;
    if (row.status == FileStatus::kOk)
      ++(row.split == Split::kTest ? of_label.test : of_label.train);
  }
  std::erase_if(counts,
                [](const LabelCounts& one) { return one.train + one.test + one.failed == 0; });
  return counts;
}

Json labels_json(const std::vector<LabelCounts>& labels) {
  Json list = Json::array();
  for (const LabelCounts& one : labels) {
    list.push_back(
        {{"label", one.label}, {"train", one.train}, {"test", one.test}, {"failed", one.failed}});
  }
  return list;
}

Extraction extract_tables(ExtractionWork work, const ExtractRequest& request,
                          const std::optional<ComponentChoice>& components,
                          const JobContext& context) {
  OutputFolder& out = context.out;
  const ExtractOptions& options = request.options;
  Extraction extraction;
  extraction.setup = work.setup;
  extraction.split_kind = work.split_kind;
  extraction.found = work.manifest.rows.size();
  extraction.fingerprint = work.fingerprint;
  const auto dims = static_cast<std::size_t>(extraction.setup.backbone.spec.feature_count);
  if (components) check_components(*components, training_files(work.manifest), dims);

  context.timeline.begin("extract");
  ResumedWork resumed_work(work, request, out, context.execution.progress);
  extraction.moments = std::make_unique<Moments>(dims, work.manifest.labels.size());
  ExtractSinks sinks;
  sinks.moments = extraction.moments.get();
  extraction.counts =
      extract({work.roots, work.manifest, work.setup, options}, sinks, resumed_work.memory(),
              context.execution.progress, context.execution.stop);
  // As a shard it has read back what it made.
  extraction.counts.shards_kept -= std::min(extraction.counts.shards_kept, work.done.shards);
  extraction.counts.decoded += work.done.decoded;
  extraction.counts.taken += work.done.taken;
  resumed_work.shards.complete(out.staged());
  write_failures(work.manifest.failures, out.staged());
  extraction.shards = resumed_work.shards.shards().size();
  extraction.features = resumed_work.shards.features();
  extraction.previews = resumed_work.shards.previews();
  extraction.moves = resumed_work.shards.moves();
  extraction.digests = resumed_work.shards.digests();
  for (const auto& [key, digest] :
       digests_below(out.work(), "snapshot", work.setup.featurizer.slots)) {
    extraction.moves.push_back({key, key});
    extraction.digests.emplace(key, digest);
  }
  if (!extraction.digests.contains("snapshot/_SUCCESS")) {
    throw Error(ErrorKind::kCorrupt, "reading the listing of this run, " + out.work().describe() +
                                         "/snapshot: it is gone; run again, and give each run "
                                         "its own folder");
  }
  extraction.labels = count_labels(work.manifest);
  extraction.not_used = group_files(work.manifest);
  extraction.rows =
      rows_of_manifest(std::move(work.manifest), request.input.split.group, work.roots.labels);
  extraction.rows.crops = extraction.setup.crops.size();
  *extraction.moments = extraction.moments->with_classes(extraction.rows.train_classes);
  return extraction;
}

ShareResult extract_share(const ExtractionWork& work, const ExtractRequest& request,
                          const std::optional<ShardShare>& share, const JobContext& context) {
  ShareResult result;
  if (share) {
    context.timeline.begin("extract");
    Manifest manifest = work.manifest;  // the whole work begins with the listing
    ResumedWork resumed_work(work, request, context.out, context.execution.progress, share);
    result.counts =
        extract_share({work.roots, manifest, work.setup, request.options}, *share,
                      resumed_work.memory(), context.execution.progress, context.execution.stop);
  } else if (work.resumed && request.earlier.retry_failures) {
    const ResumedWork reopened(work, request, context.out, context.execution.progress);
  }
  const FinishedShards shards = finished_shards(work, request, context.out);
  result.shards = shards.shards().size();
  result.left = result.shards - shards.recorded();
  return result;
}

}  // namespace pomona
