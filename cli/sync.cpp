// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/sync.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "command.h"
#include "exit_code.h"
#include "flags.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/number_text.h"
#include "pomona/base/printable.h"

namespace pomona::cli {
namespace {

Json report_json(const SyncReport& report) {
  Json failures = Json::array();
  for (const SyncFailure& failure : report.failures) {
    failures.push_back({{"key", failure.key}, {"message", failure.message}});
  }
  return {{"copied", report.copied},
          {"copied_bytes", report.copied_bytes},
          {"removed", report.removed},
          {"unchanged", report.unchanged},
          {"failures", failures}};
}

constexpr std::uint64_t kMostKeyBytes = 1ULL << 30U;

// The lines of a file.
std::vector<std::string> read_keys(const std::string& file, const StoreOpener& stores) {
  std::istringstream text(read_place(file, kMostKeyBytes, stores));
  std::vector<std::string> keys;
  for (std::string line; std::getline(text, line);) {
    if (!line.empty()) keys.push_back(line);
  }
  if (keys.empty()) {
    throw Error(ErrorKind::kInvalidInput,
                "keys '" + file + "': expected a key on each line, found none");
  }
  return keys;
}

void print_report(const SyncReport& report, const SyncOptions& options) {
  const char* would = options.dry_run ? "would be " : "";
  if (options.dry_run) {
    for (const std::string& key : report.copied)
      std::printf("copy    %s\n", printable(key).c_str());
    for (const std::string& key : report.removed)
      std::printf("remove  %s\n", printable(key).c_str());
  }
  for (const SyncFailure& failure : report.failures) {
    std::fprintf(stderr, "pomona: %s: %s\n", printable(failure.key).c_str(),
                 printable(failure.message).c_str());
  }
  std::printf("%s %scopied (%.1f MB), %s unchanged, %s %sremoved, %s failed\n",
              with_commas(report.copied.size()).c_str(), would,
              static_cast<double>(report.copied_bytes) / 1e6, with_commas(report.unchanged).c_str(),
              with_commas(report.removed.size()).c_str(), would,
              with_commas(report.failures.size()).c_str());
}

}  // namespace

void add_sync(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "sync", "Copy what one place holds to another, from a folder to a bucket or back");
  auto options = std::make_shared<SyncOptions>();
  auto as_json = std::make_shared<bool>(false);
  auto keys = std::make_shared<std::string>();
  command->add_option("FROM", options->from, "Folder or s3://bucket/prefix to copy")->required();
  command->add_option("TO", options->to, "Folder or s3://bucket/prefix to copy to")->required();
  command->add_flag("--delete", options->remove_others,
                    "Delete objects in TO that are not in FROM");
  command
      ->add_option("--keys", *keys,
                   "Copy only the objects of FROM whose keys are the lines of this file; FROM is "
                   "not listed")
      ->type_name("FILE");
  command->add_flag("--dry-run", options->dry_run, "Print what would be done; change nothing");
  command->add_flag("--json", *as_json, "Print one JSON object");
  const auto stores = add_store_flags(*command);
  command->footer(
      "Objects with equal size and checksum are not copied.\n"
      "Exit code 1: something was not copied; all else was, and nothing was removed.\n\n"
      "Example:\n"
      "  pomona sync my-photos s3://orchard/photos --delete --dry-run");
  command->callback([&chosen, options, as_json, keys, stores] {
    chosen = [options, as_json, keys, stores](Session& session) {
      options->stores = store_opener(*stores, session);
      if (!keys->empty()) options->keys = read_keys(*keys, *options->stores);
      const SyncReport report = sync(*options, session.progress, session.stop);
      if (*as_json) {
        std::fputs(print_json(report_json(report)).c_str(), stdout);
      } else {
        print_report(report, *options);
      }
      return report.failures.empty() ? kExitOk : kExitNotAllGood;
    };
  });
}

}  // namespace pomona::cli
