// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/scan.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "command.h"
#include "flags.h"
#include "pomona/base/json.h"
#include "pomona/base/number_text.h"
#include "pomona/base/printable.h"
#include "pomona/dataset/files/copies.h"
#include "pomona/dataset/files/file_groups.h"
#include "pomona/jobs/extract_tables.h"
#include "summary.h"

namespace pomona::cli {
namespace {

struct Counts {
  std::size_t ok = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
};

Counts count_statuses(const Manifest& manifest) {
  Counts counts;
  for (const ManifestRow& row : manifest.rows) {
    counts.ok += row.status == FileStatus::kOk ? 1 : 0;
    counts.failed += row.status == FileStatus::kFailed ? 1 : 0;
    counts.skipped += row.status == FileStatus::kSkipped ? 1 : 0;
  }
  return counts;
}

struct CopyCounts {
  std::size_t files = 0;       // that have a copy
  std::size_t two_labels = 0;  // … with another label
  std::string example;         // of two labels
};

CopyCounts count_copies(const Manifest& manifest, std::span<const std::size_t> first_copy) {
  CopyCounts counts;
  std::map<std::size_t, std::vector<std::size_t>> groups;
  for (std::size_t row = 0; row < first_copy.size(); ++row) {
    if (first_copy[row] != row) groups[first_copy[row]].push_back(row);
  }
  for (const auto& [first, others] : groups) {
    const ManifestRow& one = manifest.rows[first];
    counts.files += 1 + others.size();
    const auto other = std::ranges::find_if(
        others, [&](std::size_t row) { return manifest.rows[row].label != one.label; });
    if (other == others.end()) continue;
    counts.two_labels += 1 + others.size();
    if (!counts.example.empty()) continue;
    const ManifestRow& wrong = manifest.rows[*other];
    counts.example = "'" + std::string(one.path) + "' (" + manifest.label(one) + ") and '" +
                     std::string(wrong.path) + "' (" + manifest.label(wrong) + ")";
  }
  return counts;
}

void print_copies(const CopyCounts& copies) {
  if (copies.files == 0) return;
  std::printf("  %s files are copies of one another, byte for byte\n",
              with_commas(copies.files).c_str());
  if (copies.two_labels == 0) return;
  std::printf("  %s files are copies of one another under two labels, such as %s\n",
              with_commas(copies.two_labels).c_str(), printable(copies.example).c_str());
}

void print_labels(const std::vector<LabelCounts>& labels) {
  std::size_t width = 5;
  for (const LabelCounts& one : labels) width = std::max(width, printable(one.label).size());
  std::printf("%-*s  %8s  %8s  %8s\n", static_cast<int>(width), "label", "train", "test", "failed");
  for (const LabelCounts& one : labels) {
    const std::string name = printable(one.label);
    std::printf("%-*s  %8zu  %8zu  %8zu\n", static_cast<int>(width),
                name.empty() ? "(none)" : name.c_str(), one.train, one.test, one.failed);
  }
}

}  // namespace

void add_scan(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("scan", "List photographs and count them by label; nothing is written");
  auto input = std::make_shared<InputOptions>();
  auto as_json = std::make_shared<bool>(false);
  const auto stores = add_input_flags(*command, *input);
  command->add_flag("--json", *as_json, "Print one JSON object");
  command->callback([&chosen, input, as_json, stores] {
    chosen = [input, as_json, stores](Session& session) {
      input->stores = store_opener(*stores, session);
      const ImageRoots roots = open_roots(*input);
      Scan found = scan(roots, input->split, session.progress, session.stop);
      check_content(roots, found.manifest, session.progress, session.stop);
      const Counts counts = count_statuses(found.manifest);
      const std::vector<LabelCounts> labels = count_labels(found.manifest);
      const CopyCounts copies = count_copies(
          found.manifest, find_copies(roots, found.manifest, session.progress, session.stop));
      const std::vector<FileGroup> not_used = group_files(found.manifest);
      if (*as_json) {
        std::fputs(
            print_json({{"found", found.manifest.rows.size()},
                        {"ok", counts.ok},
                        {"failed", counts.failed},
                        {"skipped", counts.skipped},
                        {"copies", {{"files", copies.files}, {"two_labels", copies.two_labels}}},
                        {"not_used", file_groups_json(not_used)},
                        {"labels", labels_json(labels)}})
                .c_str(),
            stdout);
        return 0;
      }
      print_labels(labels);
      std::printf("%s files: %s photographs, %s failed, %s skipped\n",
                  with_commas(found.manifest.rows.size()).c_str(), with_commas(counts.ok).c_str(),
                  with_commas(counts.failed).c_str(), with_commas(counts.skipped).c_str());
      print_not_used(not_used);
      print_copies(copies);
      return 0;
    };
  });
}

}  // namespace pomona::cli
