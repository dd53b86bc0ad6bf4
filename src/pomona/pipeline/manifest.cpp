// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/manifest.h"

#include <algorithm>
#include <tuple>

namespace pomona {

std::string_view split_name(Split split) { return split == Split::kTest ? "test" : "train"; }

std::string_view file_status_name(FileStatus status) {
  switch (status) {
    case FileStatus::kOk: return "ok";
    case FileStatus::kFailed: return "failed";
    case FileStatus::kSkipped: return "skipped";
  }
  return "failed";
}

void sort_rows(Manifest& manifest) {
  std::ranges::sort(manifest.rows, [](const ManifestRow& a, const ManifestRow& b) {
    return std::tie(a.split, a.path) < std::tie(b.split, b.path);
  });
}

void sort_failures(std::vector<FileFailure>& failures) {
  std::ranges::sort(failures, [](const FileFailure& a, const FileFailure& b) {
    return std::tie(a.split, a.path) < std::tie(b.split, b.path);
  });
}

}  // namespace pomona
