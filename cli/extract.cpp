// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/extract.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "flags.h"
#include "pomona/pipeline/run.h"
#include "summary.h"

namespace pomona::cli {

void add_extract(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("extract", "Photographs in, table of CNN features out");
  auto options = std::make_shared<RunOptions>();
  auto as_json = std::make_shared<bool>(false);
  command
      ->add_option("IMAGES", options->input.images,
                   "Folder, or s3://bucket/prefix, with one folder of photographs for each label")
      ->required();
  command->add_option("--test", options->input.test, "Folder of the same kind to test on")
      ->type_name("IMAGES")
      ->group("Training and test");
  add_output_flags(*command, options->output);
  command->add_flag("--json", *as_json, "Print run.json instead of a summary")->group("Output");
  add_store_flags(*command, options->input.stores);
  add_split_flags(*command, options->input.split);
  add_extract_flags(*command, options->extract);
  command->callback([&chosen, options, as_json] {
    chosen = [options, as_json](Session& session) {
      options->input.stores.stop = session.stop;
      options->output.command = session.command;
      const Json record = run_extract(*options, session.progress, session.stop);
      if (*as_json) {
        std::fputs(print_json(record).c_str(), stdout);
      } else {
        print_extraction(record);
        std::printf("Features: %s/features\n", options->output.out.c_str());
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
