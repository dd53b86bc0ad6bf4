// SPDX-License-Identifier: Apache-2.0
// From folders of photographs to the tables of an output folder: manifest, features, previews,
// shards.csv and failures.csv. The first half of `run`, nearly the whole of `pomona extract`. Each
// call is for the thread that runs the verb.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/progress.h"
#include "pomona/dataset/files/file_groups.h"
#include "pomona/dataset/scan.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/timeline.h"
#include "pomona/extract/extract.h"
#include "pomona/jobs/extraction_work.h"
#include "pomona/learn/moments.h"
#include "pomona/learn/pca_fit.h"
#include "pomona/output/output_digests.h"
#include "pomona/output/output_folder.h"
#include "pomona/storage/object_store.h"
#include "pomona/storage/store_opener.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {

// How many photographs of a label there are.
struct LabelCounts {
  std::string label;  // "": of files in the root itself
  std::size_t train = 0;
  std::size_t test = 0;
  std::size_t failed = 0;
};
// Of those labels that have any.
std::vector<LabelCounts> count_labels(const Manifest& manifest);
// `labels` of run.json.
Json labels_json(const std::vector<LabelCounts>& labels);

struct Extraction {
  ExtractSetup setup;
  SplitKind split_kind = SplitKind::kNone;
  ExtractCounts counts;
  std::string fingerprint;  // of the extraction
  std::size_t shards = 0;
  TableParts features;                 // in out.work()
  std::optional<TableParts> previews;  // likewise; none with --no-previews
  std::vector<Move> moves;             // files of out.work() to publish
  Digests digests;                     // of them, by where they are published
  std::size_t found = 0;
  std::vector<LabelCounts> labels;
  std::vector<FileGroup> not_used;  // files that gave no photograph
  TableRows rows;
  // Of training rows, classes numbered as rows.train_labels.
  std::unique_ptr<Moments> moments;
};

// Finishes what is unfinished in out.work(). More components than the photographs could ever give
// are refused before the first is read.
Extraction extract_tables(ExtractionWork work, const ExtractRequest& request,
                          const std::optional<ComponentChoice>& components,
                          const JobContext& context);

// One machine's part of it.
struct ShareResult {
  std::size_t shards = 0;  // of all machines
  std::size_t left = 0;    // … that are not finished
  ExtractCounts counts;    // of what this one has done
};
// It reads finished parts of its own share alone. Without a share it only counts them.
ShareResult extract_share(const ExtractionWork& work, const ExtractRequest& request,
                          const std::optional<ShardShare>& share, const JobContext& context);

}  // namespace pomona
