// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/manifest.h"

#include <algorithm>
#include <tuple>

#include "pomona/base/error.h"

namespace pomona {

std::string_view split_name(Split split) { return split == Split::kTest ? "test" : "train"; }

Split split_from_name(std::string_view name) {
  for (const Split split : {Split::kTest, Split::kTrain}) {
    if (split_name(split) == name) return split;
  }
  throw Error(ErrorKind::kCorrupt,
              "reading the column split of a table: expected train or test, found '" +
                  std::string(name) + "'");
}

std::string_view file_status_name(FileStatus status) {
  switch (status) {
    case FileStatus::kOk: return "ok";
    case FileStatus::kFailed: return "failed";
    case FileStatus::kSkipped: return "skipped";
  }
  return "failed";
}

FileStatus file_status_from_name(std::string_view name) {
  for (const FileStatus status : {FileStatus::kOk, FileStatus::kFailed, FileStatus::kSkipped}) {
    if (file_status_name(status) == name) return status;
  }
  throw Error(ErrorKind::kCorrupt,
              "reading the column status of a table: expected ok, failed or skipped, found '" +
                  std::string(name) + "'");
}

std::string_view skip_reason_name(SkipReason reason) {
  switch (reason) {
    case SkipReason::kNoImage: return "no_image";
    case SkipReason::kHidden: return "hidden";
    case SkipReason::kFileName: return "file_name";
    case SkipReason::kClass: return "class";
  }
  return "no_image";
}

SkipReason skip_reason_from_name(std::string_view name) {
  for (const SkipReason reason :
       {SkipReason::kNoImage, SkipReason::kHidden, SkipReason::kFileName, SkipReason::kClass}) {
    if (skip_reason_name(reason) == name) return reason;
  }
  throw Error(ErrorKind::kCorrupt,
              "reading why a file was skipped: expected no_image, hidden, file_name or class, "
              "found '" +
                  std::string(name) + "'");
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
