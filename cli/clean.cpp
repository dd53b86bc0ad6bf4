// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/clean.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "flags.h"
#include "pomona/base/json.h"
#include "pomona/base/number_text.h"

namespace pomona::cli {
namespace {

void print_report(const CleanReport& report, bool dry_run) {
  if (report.publishes) {
    std::printf(dry_run ? "Would complete the publication that an interrupted run had begun."
                        : "Completed the publication that an interrupted run had begun.");
  } else if (report.objects == 0 && report.uploads == 0) {
    std::printf("Nothing to remove.");
  } else {
    std::printf("%s %s files of unfinished work, %s bytes, and %s unfinished uploads or writes.",
                dry_run ? "Would remove" : "Removed", with_commas(report.objects).c_str(),
                with_commas(report.bytes).c_str(), with_commas(report.uploads).c_str());
  }
  if (report.broken) {
    std::printf(
        " The publication that an interrupted run had begun could not be completed, since files of "
        "it are gone. What it had moved stays, without _SUCCESS.");
  }
  std::printf(report.complete ? " The published results are unchanged.\n" : "\n");
}

Json report_json(const CleanReport& report) {
  return {{"objects", report.objects},
          {"bytes", report.bytes},
          {"uploads", report.uploads},
          {"publishes", report.publishes},
          {"complete", report.complete}};
}

}  // namespace

void add_clean(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "clean", "Remove what an interrupted run left in its output folder; results stay");
  auto options = std::make_shared<CleanOptions>();
  auto as_json = std::make_shared<bool>(false);
  command
      ->add_option("OUT", options->out,
                   "Output folder of a run, or s3://bucket/prefix; no run may "
                   "be at work there")
      ->required();
  command->add_flag("--dry-run", options->dry_run, "Print what would be removed; remove nothing");
  command->add_flag("--json", *as_json, "Print one JSON object");
  const auto stores = add_store_flags(*command);
  command->callback([&chosen, options, as_json, stores] {
    chosen = [options, as_json, stores](Session& session) {
      options->stores = store_opener(*stores, session);
      const CleanReport report = clean(*options);
      if (*as_json) {
        std::fputs(print_json(report_json(report)).c_str(), stdout);
      } else {
        print_report(report, options->dry_run);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
