// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/compose.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "command.h"
#include "flags.h"
#include "number_range.h"
#include "pomona/base/bounds.h"
#include "pomona/base/number_text.h"
#include "summary.h"

namespace pomona::cli {
namespace {

void print_result(const ComposeResult& result, const std::string& out) {
  std::printf("%s scenes of %zu labels, made of %s studio images; %s failed, %s skipped\n",
              with_commas(result.pictures).c_str(), result.folders.size(),
              with_commas(result.ok).c_str(), with_commas(result.failed).c_str(),
              with_commas(result.skipped).c_str());
  print_not_used(result.not_used);
  std::printf("%.0f scenes a second on %zu workers, %.1f s in all\n", result.pictures_per_second,
              result.workers, result.seconds);
  std::printf("Look at: %s/contact_sheet.jpg\nPhotographs: %s/photographs\n", out.c_str(),
              out.c_str());
}

void add_picture_flags(CLI::App& command, ComposeOptions& options) {
  const std::string group = "Scenes";
  command.add_option("--count", options.count, "Scenes for each label folder")
      ->type_name("N")
      ->check(count_range(1, kMostComposedPictures))
      ->capture_default_str()
      ->group(group);
  command.add_option("--size", options.size, "Side of each scene")
      ->type_name("PIXELS")
      ->check(count_range(kLeastSide, kMostSide))
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--backgrounds", options.backgrounds,
                  "Folder, or s3://bucket/prefix, of photographs without fruit: parts of them lie "
                  "behind the fruit in more than half of the scenes")
      ->type_name("FOLDER")
      ->group(group);
  add_seed_flag(command, options.seed, "Another number makes other scenes")->group(group);
}

}  // namespace

void add_compose(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("compose",
                                         "Synthesise scenes that resemble photographs in the wild "
                                         "from studio images on white");
  auto options = std::make_shared<ComposeOptions>();
  auto as_json = std::make_shared<bool>(false);
  command
      ->add_option("IMAGES", options->input.images,
                   "Folders, or s3://bucket/prefix, with one folder of studio images for each "
                   "label; SOURCE=FOLDER names where they come from")
      ->required();
  add_hidden_flag(*command, options->input.include_hidden);
  const auto stores = add_store_flags(*command);
  add_output_flags(*command, options->output);
  command->add_flag("--json", *as_json, "Print run.json instead of a summary")->group("Output");
  add_picture_flags(*command, *options);
  add_decode_flags(*command, options->limits);
  add_workers_flag(*command, options->workers);
  command->footer(
      "The same studio images, options and seed give the same bytes.\n\n"
      "Example:\n"
      "  pomona compose Training --out composed\n"
      "  pomona run composed/photographs --out results");
  command->callback([&chosen, options, as_json, stores] {
    chosen = [options, as_json, stores](Session& session) {
      options->input.stores = store_opener(*stores, session);
      options->output.command = session.command;
      const ComposeResult result = compose(*options, session.progress, session.stop);
      if (*as_json) {
        std::fputs(result.record.c_str(), stdout);
      } else {
        print_result(result, options->output.out);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
