// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <utility>

#include "command.h"
#include "flags.h"
#include "summary.h"

namespace pomona::cli {
namespace {

constexpr const char* kRunShards = "`pomona run` without --shard goes on when all have ended";

}  // namespace

void add_run(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "run", "The whole chain: photographs in, features, PCA, model, metrics and report out");
  auto options = std::make_shared<RunOptions>();
  auto as_json = std::make_shared<bool>(false);
  const auto stores = add_input_flags(*command, options->input);
  add_output_flags(*command, options->output);
  command->add_flag("--json", *as_json, "Print run.json instead of a summary")->group("Output");
  add_earlier_flags(*command, options->earlier);
  const auto share = add_shard_flag(*command, kRunShards);
  add_extract_flags(*command, options->extract);
  add_crops_flag(*command, options->extract.crops);
  add_reduce_flags(*command, options->reduce);
  add_train_flags(*command, options->train);
  command->footer(
      "Examples:\n"
      "  pomona run sample/fruits --out results --group '^(r\\d*_)?'\n"
      "  pomona run Training --test Test --size 128 --out results\n"
      "  pomona run s3://fruit/photos --out s3://fruit/june --from s3://fruit/may\n"
      "  pomona run s3://fruit/photos --out s3://fruit/june --shard 3/8\n\n"
      "The same command resumes a run that was interrupted.");
  command->callback([&chosen, options, as_json, share, stores] {
    chosen = [options, as_json, share, stores](Session& session) {
      options->input.stores = store_opener(*stores, session);
      options->output.command = session.command;
      RunResult result;
      if (!*share) {
        result = run(*options, session.progress, session.stop);
      } else {
        ShareRun done = run_share(*options, parse_share(**share), session.progress, session.stop);
        if (!done.result) {
          *as_json ? void(std::fputs(done.record.c_str(), stdout))
                   : print_share(done.left, kRunShards);
          return 0;
        }
        result = *std::move(done.result);
      }
      if (*as_json) {
        std::fputs(result.record.c_str(), stdout);
      } else {
        print_summary(result, options->output.out);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
