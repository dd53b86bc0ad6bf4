// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/extract.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "command.h"
#include "flags.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/number_text.h"
#include "pomona/jobs/run.h"
#include "summary.h"

namespace pomona::cli {
namespace {

// "3/8" is the third of eight.
ShardShare parse_share(const std::string& text) {
  const std::string_view whole = text;
  const std::size_t slash = std::min(whole.find('/'), whole.size());
  const std::size_t index = parse_count(whole.substr(0, slash)).value_or(0);
  const std::size_t count =
      parse_count(whole.substr(std::min(slash + 1, whole.size()))).value_or(0);
  if (index == 0 || index > count) {
    throw Error(
        ErrorKind::kInvalidInput,
        "reading --shard: expected I/N with I from 1 to N, such as 3/8; found '" + text + "'");
  }
  return {index - 1, count};
}

void print_left(std::size_t left, bool as_json) {
  if (as_json) {
    std::fputs(print_json({{"verb", "extract"}, {"parts_left", left}}).c_str(), stdout);
  } else if (left == 0) {
    std::printf("This shard is finished. Another shard is publishing the result.\n");
  } else {
    std::printf(
        "This shard is finished. %zu parts are left to other shards; the last shard to finish "
        "publishes.\n",
        left);
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
  auto share = std::make_shared<std::optional<std::string>>();
  command
      ->add_option("--shard", *share,
                   "Do shard I of N (I from 1). N machines with the same --out write one result; "
                   "the last shard to finish publishes it")
      ->type_name("I/N")
      ->group("Earlier work");
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
        if (!run.result) print_left(run.left, *as_json);
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
