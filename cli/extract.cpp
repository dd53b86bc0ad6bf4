// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/extract.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "command.h"
#include "flags.h"
#include "pomona/jobs/run.h"
#include "summary.h"

namespace pomona::cli {
namespace {

constexpr const char* kExtractShards = "the last shard to finish publishes it";

void print_left(const ShareRun& run, bool as_json) {
  if (as_json) {
    std::fputs(run.record.c_str(), stdout);
  } else if (run.left == 0) {
    std::printf("This shard is finished. Another shard is publishing the result.\n");
  } else {
    print_share(run.left, kExtractShards);
  }
}

}  // namespace

void add_extract(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("extract", "Photographs in, table of CNN features out");
  auto options = std::make_shared<RunOptions>();
  auto as_json = std::make_shared<bool>(false);
  const auto stores = add_input_flags(*command, options->input);
  add_output_flags(*command, options->output);
  command->add_flag("--json", *as_json, "Print run.json instead of a summary")->group("Output");
  add_earlier_flags(*command, options->earlier);
  const auto share = add_shard_flag(*command, kExtractShards);
  add_extract_flags(*command, options->extract);
  add_crops_flag(*command, options->extract.crops);
  command->footer(
      "Examples:\n"
      "  pomona extract photographs --out features\n"
      "  pomona extract s3://fruit/photos --out s3://fruit/features --shard 3/8\n\n"
      "The same command resumes a run that was interrupted.");
  command->callback([&chosen, options, as_json, share, stores] {
    chosen = [options, as_json, share, stores](Session& session) {
      options->input.stores = store_opener(*stores, session);
      options->output.command = session.command;
      std::optional<RunResult> result;
      if (!*share) {
        result = run_extract(*options, session.progress, session.stop);
      } else {
        ShareRun run =
            run_extract_share(*options, parse_share(**share), session.progress, session.stop);
        if (!run.result) print_left(run, *as_json);
        result = std::move(run.result);
      }
      if (!result) return 0;
      if (*as_json) {
        std::fputs(result->record.c_str(), stdout);
      } else {
        print_extraction(result->extraction);
        std::printf("Features: %s/features\n", options->output.out.c_str());
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
