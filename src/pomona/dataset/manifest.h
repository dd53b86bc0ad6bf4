// SPDX-License-Identifier: Apache-2.0
// Every file found under the roots of a run, and what became of it. A manifest of millions of files
// is mostly in scratch memory (base/scratch_memory.h), where the system may write it out. A
// manifest is used by one thread at a time while it changes; reading: any thread. Copies share
// their texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/scratch_memory.h"

namespace pomona {

// In the byte order of their names, which is the order of rows in every table.
enum class Split : std::uint8_t { kTest, kTrain };
std::string_view split_name(Split split);  // "test", "train"
// Throws corrupt for any other name.
Split split_from_name(std::string_view name);

enum class FileStatus : std::uint8_t { kOk, kFailed, kSkipped };
std::string_view file_status_name(FileStatus status);  // "ok", "failed", "skipped"
// Throws corrupt for any other name.
FileStatus file_status_from_name(std::string_view name);

// Why a file was skipped.
enum class SkipReason : std::uint8_t {
  kNoImage,   // by its bytes, and its extension does not call it one
  kHidden,    // its name, or that of a folder above it (hidden_names.h)
  kFileName,  // matches neither train_files nor test_files
  kClass,     // the class map drops it
};
std::string_view skip_reason_name(SkipReason reason);  // "no_image", "hidden", "file_name", "class"
// Throws corrupt for any other name.
SkipReason skip_reason_from_name(std::string_view name);

// Texts belong to the manifest that the row is in, or was taken from.
struct ManifestRow {
  std::string_view path;  // key relative to its root
  std::uint64_t bytes = 0;
  std::uint32_t label = 0;  // index into Manifest::labels
  Split split = Split::kTrain;
  FileStatus status = FileStatus::kOk;
  SkipReason skip_reason = SkipReason::kNoImage;  // of one that is skipped
  std::string_view version = {};                  // ObjectInfo::version
};

// A row of failures.csv. The message never holds content of the file.
struct FileFailure {
  Split split = Split::kTrain;
  std::string path;
  std::string stage;  // "list", "read", "decode"
  std::string kind;
  std::string message;
};

struct Manifest {
  std::vector<std::string>
      labels;  // every label found, in byte order; "" for files of the root itself
  ScratchVector<ManifestRow> rows;    // by (split, path) in byte order
  std::vector<FileFailure> failures;  // by (split, path) like rows

  // Copies share them.
  std::shared_ptr<TextStock> texts = std::make_shared<TextStock>();

  const std::string& label(const ManifestRow& row) const { return labels[row.label]; }
};

// Into the order of all tables: (split, path), byte by byte.
void sort_rows(Manifest& manifest);
void sort_failures(std::vector<FileFailure>& failures);

}  // namespace pomona
