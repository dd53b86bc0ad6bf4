// SPDX-License-Identifier: Apache-2.0
// From folders of photographs to the tables of an output folder: manifest, features and
// failures.csv. The first half of `run`, nearly the whole of `pomona extract`.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "pomona/base/json.h"
#include "pomona/base/progress.h"
#include "pomona/learn/moments.h"
#include "pomona/learn/pca_fit.h"
#include "pomona/pipeline/extract.h"
#include "pomona/pipeline/output_folder.h"
#include "pomona/pipeline/scan.h"
#include "pomona/pipeline/table_rows.h"
#include "pomona/pipeline/timeline.h"
#include "pomona/storage/object_store.h"
#include "pomona/storage_s3/open_store.h"

namespace pomona {

struct InputOptions {
  std::string images;
  std::string test;  // "": none
  StoreOptions stores;
  SplitOptions split;
};

// Throws invalid_input when one root lies in the other.
ImageRoots open_roots(const InputOptions& input);

struct Extraction {
  ExtractSetup setup;
  SplitKind split_kind = SplitKind::kNone;
  ExtractCounts counts;
  std::size_t found = 0;
  Json labels;  // per label: train, test, failed; as in run.json
  TableRows rows;
  // Of training rows, classes numbered as rows.train_labels.
  std::unique_ptr<Moments> moments;
  std::unique_ptr<SmallPictures> pictures;  // none with --no-thumbnails
};

// Writes to the staged folder; small pictures go to the scratch folder. More components than the
// photographs could ever give are refused before the first is read.
Extraction extract_tables(const InputOptions& input, const ExtractOptions& options,
                          const std::optional<ComponentChoice>& components, OutputFolder& out,
                          Timeline& timeline, Progress& progress, const std::stop_token& stop);

void write_manifest(const Manifest& manifest, ObjectStore& store);
void write_failures(const Manifest& manifest, ObjectStore& store);
// Per label: how many photographs on each side, how many failed.
Json count_labels(const Manifest& manifest);

}  // namespace pomona
