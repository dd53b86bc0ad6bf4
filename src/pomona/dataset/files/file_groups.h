// SPDX-License-Identifier: Apache-2.0
// The files of a listing that gave no photograph, by reason: how many, with which extensions, and
// some of them. What scan, run and the report name. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/dataset/manifest.h"

namespace pomona {

struct FileGroup {
  FileStatus status = FileStatus::kFailed;  // or kSkipped
  std::string reason;                       // the kind of the failure, or skip_reason_name()
  std::size_t count = 0;
  // The commonest, with how many files have each; "" is that of files without one.
  std::vector<std::pair<std::string, std::size_t>> extensions;
  struct Example {
    std::string path;
    std::string message;  // of a failure
  };
  std::vector<Example> examples;  // the first, in the order of tables
};

// Failed ones first, the largest first.
std::vector<FileGroup> group_files(const Manifest& manifest);
// "36 not_an_image (20 .jpg, 16 .png), such as 'a/1.jpg': the file holds …"
std::string describe(const FileGroup& group);

// `not_used` of run.json, and back. Throws corrupt for JSON of another shape.
Json file_groups_json(const std::vector<FileGroup>& groups);
std::vector<FileGroup> parse_file_groups(const Json& json, std::string_view where);

}  // namespace pomona
