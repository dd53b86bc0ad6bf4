// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/verify.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "exit_code.h"
#include "field_flags.h"
#include "flags.h"
#include "pomona/base/json.h"

namespace pomona::cli {

void add_verify(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "verify",
      "Read an output folder and compare its files with each other and with the photographs");
  command->footer("Exit code 1: there is a problem; each is a line that begins with PROBLEM.");
  auto options = std::make_shared<VerifyOptions>();
  auto as_json = std::make_shared<bool>(false);
  command->add_option("OUT", options->out, "Output folder of run, extract, reduce or train")
      ->required();
  add_images_flag(*command, "--images", "Where the photographs are now, if not where run.json says",
                  options->images);
  add_images_flag(*command, "--test", "The same for the test set", options->test);
  const auto stores = add_store_flags(*command);
  add_models_flag(*command, options->models);
  command->add_flag("--no-listing", options->skip_listing, "Do not list the photographs anew");
  command->add_flag("--json", *as_json, "Print one JSON object");
  command->callback([&chosen, options, as_json, stores] {
    chosen = [options, as_json, stores](Session& session) {
      options->stores = store_opener(*stores, session);
      const VerifyReport report = verify(*options, session.progress, session.stop);
      if (*as_json) {
        std::fputs(print_json({{"passed", report.passed}, {"problems", report.problems}}).c_str(),
                   stdout);
        return report.ok() ? kExitOk : kExitNotAllGood;
      }
      for (const std::string& sentence : report.passed)
        std::printf("ok       %s\n", sentence.c_str());
      for (const std::string& sentence : report.problems)
        std::printf("PROBLEM  %s\n", with_flags(sentence).c_str());
      return report.ok() ? kExitOk : kExitNotAllGood;
    };
  });
}

}  // namespace pomona::cli
