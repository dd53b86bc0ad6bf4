// SPDX-License-Identifier: Apache-2.0
// scan: lists photographs, takes their labels from their folders and says which side each is on.
// Each call is for one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "pomona/base/progress.h"
#include "pomona/base/stop.h"
#include "pomona/dataset/holdout.h"
#include "pomona/dataset/labeller.h"
#include "pomona/dataset/manifest.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// How rows are divided into training and test. A test set given apart decides first, then file
// names, then the holdout.
struct SplitOptions {
  double holdout = 0.2;     // share of rows kept for the test, in [0, 1); 0: none
  std::string train_files;  // regular expressions on file names; "" matches all
  std::string test_files;
  std::string group;
  std::uint64_t seed = 0;

  // Throws invalid_input that names the field.
  void check() const;
};

enum class SplitKind { kNone, kHoldout, kTestSet, kFileNames };
std::string_view split_kind_name(SplitKind kind);  // "none", "holdout", "test_set", "file_names"
// Throws corrupt for any other name.
SplitKind split_kind_from_name(std::string_view name);

// The roots photographs are read from, and what their folders mean.
struct ImageRoots {
  std::shared_ptr<const ObjectStore> images;
  std::shared_ptr<const ObjectStore> test;  // none: nullptr
  LabelRule labels;
  bool include_hidden = false;  // photographs with hidden names (hidden_names.h) as well

  const ObjectStore& store(Split split) const {
    return split == Split::kTest && test ? *test : *images;
  }
  // Of both roots the most: see ObjectStore.
  std::size_t concurrent_reads() const {
    return std::max(images->concurrent_reads(), test ? test->concurrent_reads() : 0);
  }
};

struct Scan {
  Manifest manifest;
  Groups groups;
  SplitKind split_kind = SplitKind::kNone;
};

// Lists only: whether a file is an image is found out when it is read. Throws invalid_input when
// there is no file at all, when the options contradict each other, or where the class map does not
// know a class.
Scan scan(const ImageRoots& roots, const SplitOptions& options, Progress& progress,
          const std::stop_token& stop);

// Also reads every file's first bytes: what is no photograph is marked as failed or skipped, as
// file_content() judges it.
void check_content(const ImageRoots& roots, Manifest& manifest, Progress& progress,
                   const std::stop_token& stop);

}  // namespace pomona
