// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/extract_tables.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/table/csv_writer.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

constexpr std::size_t kManifestBatchRows = 4096;

std::size_t training_files(const Manifest& manifest) {
  return static_cast<std::size_t>(std::ranges::count_if(manifest.rows, [](const ManifestRow& row) {
    return row.split == Split::kTrain && row.status == FileStatus::kOk;
  }));
}

}  // namespace

ImageRoots open_roots(const InputOptions& input) {
  if (!input.test.empty() && places_overlap(input.images, input.test)) {
    throw Error(ErrorKind::kInvalidInput,
                "dividing photographs: the test set '" + input.test + "' and '" + input.images +
                    "' lie in one another, so training would see what it is tested on; name two "
                    "folders beside each other");
  }
  ImageRoots roots;
  roots.images = open_store(input.images, input.stores);
  if (!input.test.empty()) roots.test = open_store(input.test, input.stores);
  return roots;
}

void write_manifest(const Manifest& manifest, ObjectStore& store) {
  ManifestWriter writer(store, "manifest");
  for (std::size_t first = 0; first < manifest.rows.size(); first += kManifestBatchRows) {
    ManifestBatch batch;
    const std::size_t last = std::min(first + kManifestBatchRows, manifest.rows.size());
    for (std::size_t i = first; i < last; ++i) {
      const ManifestRow& row = manifest.rows[i];
      batch.path.push_back(row.path);
      batch.label.push_back(manifest.label(row));
      batch.split.emplace_back(split_name(row.split));
      batch.bytes.push_back(static_cast<std::int64_t>(row.bytes));
      batch.status.emplace_back(file_status_name(row.status));
    }
    writer.add(batch);
  }
  writer.finish();
}

void write_failures(const Manifest& manifest, ObjectStore& store) {
  CsvWriter csv(store, "failures.csv");
  csv.text("path").text("stage").text("kind").text("message").end_row();
  for (const FileFailure& failure : manifest.failures) {
    csv.text(failure.path).text(failure.stage).text(failure.kind).text(failure.message).end_row();
  }
  csv.commit();
}

Json count_labels(const Manifest& manifest) {
  struct Counts {
    std::size_t train = 0;
    std::size_t test = 0;
    std::size_t failed = 0;
  };
  std::vector<Counts> counts(manifest.labels.size());
  for (const ManifestRow& row : manifest.rows) {
    Counts& of_label = counts[row.label];
    if (row.status == FileStatus::kFailed) ++of_label.failed;
    if (row.status == FileStatus::kOk)
      ++(row.split == Split::kTest ? of_label.test : of_label.train);
  }
  Json labels = Json::array();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].train + counts[i].test + counts[i].failed == 0) continue;
    labels.push_back({{"label", manifest.labels[i]},
                      {"train", counts[i].train},
                      {"test", counts[i].test},
                      {"failed", counts[i].failed}});
  }
  return labels;
}

Extraction extract_tables(const InputOptions& input, const ExtractOptions& options,
                          const std::optional<ComponentChoice>& components, OutputFolder& out,
                          Timeline& timeline, Progress& progress, const std::stop_token& stop) {
  timeline.begin("scan");
  const ImageRoots roots = open_roots(input);
  Scan found = scan(roots, input.split, progress, stop);
  timeline.begin("prepare");
  progress.begin("prepare", 0);
  Extraction extraction;
  extraction.setup = prepare_extract(options);
  extraction.split_kind = found.split_kind;
  extraction.found = found.manifest.rows.size();
  const auto dims = static_cast<std::size_t>(extraction.setup.backbone.spec.feature_count);
  if (components) check_components(*components, training_files(found.manifest), dims);
  extraction.moments = std::make_unique<Moments>(dims, found.manifest.labels.size());

  timeline.begin("extract");
  FeatureTableWriter features(out.staged(), "features");
  ExtractSinks sinks;
  sinks.features = &features;
  sinks.moments = extraction.moments.get();
  if (options.thumbnails) {
    extraction.pictures = std::make_unique<SmallPictures>(out.scratch_path("pictures"));
    sinks.pictures = extraction.pictures.get();
  }
  extraction.counts =
      extract(roots, found.manifest, extraction.setup, options, sinks, progress, stop);
  write_manifest(found.manifest, out.staged());
  write_failures(found.manifest, out.staged());
  extraction.labels = count_labels(found.manifest);
  extraction.rows = rows_of_manifest(std::move(found.manifest), input.split.group);
  *extraction.moments = extraction.moments->with_classes(extraction.rows.train_classes);
  return extraction;
}

}  // namespace pomona
