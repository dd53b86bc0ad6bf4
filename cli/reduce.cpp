// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/reduce.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <numeric>
#include <vector>

#include "command.h"
#include "flags.h"
#include "pomona/base/number_text.h"
#include "pomona/jobs/run_on_features.h"

namespace pomona::cli {

void add_reduce(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "reduce", "Table of features in, scaled principal components out (Parquet and CSV)");
  command->footer(
      "Example:\n"
      "  pomona extract photographs --out features\n"
      "  pomona reduce features --out reduced --components 0.95");
  auto options = std::make_shared<FromFeaturesOptions>();
  command
      ->add_option("FEATURES", options->features,
                   "Output folder of extract or run, a folder of parts, or a .parquet file")
      ->required();
  add_output_flags(*command, options->output);
  add_classes_flag(*command, options->classes);
  add_reduce_flags(*command, options->reduce);
  add_workers_flag(*command, options->train.workers);
  const auto stores = add_store_flags(*command);
  command->callback([&chosen, options, stores] {
    chosen = [options, stores](Session& session) {
      options->stores = store_opener(*stores, session);
      options->output.command = session.command;
      const std::vector<double> ratios = run_reduce(*options, session.progress, session.stop);
      std::printf(
          "%zu components explain %s of the variance\nReduced: %s/reduced and %s/reduced.csv\n",
          ratios.size(), percent(std::accumulate(ratios.begin(), ratios.end(), 0.0)).c_str(),
          options->output.out.c_str(), options->output.out.c_str());
      return 0;
    };
  });
}

}  // namespace pomona::cli
