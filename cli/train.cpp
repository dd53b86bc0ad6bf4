// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/train.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "flags.h"
#include "number_range.h"
#include "pomona/jobs/run_on_features.h"
#include "pomona/training/near_duplicate_groups.h"
#include "summary.h"

namespace pomona::cli {

void add_train(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "train", "Table of features in, bundle for predictions and its metrics out");
  command->footer(
      "Example:\n"
      "  pomona extract photographs --out features\n"
      "  pomona train features --out model --classifier ridge");
  auto options = std::make_shared<FromFeaturesOptions>();
  command->add_option("FEATURES", options->features, "Output folder of extract or run")->required();
  add_output_flags(*command, options->output);
  add_classes_flag(*command, options->classes);
  add_reduce_flags(*command, options->reduce);
  add_train_flags(*command, options->train);
  command
      ->add_option("--group", options->group,
                   "As in `pomona run`; when left out, as when the features were made")
      ->type_name("REGEX");
  command
      ->add_option("--seed", options->seed,
                   "As in `pomona run`; when left out, as when the features were made")
      ->type_name("N");
  command
      ->add_option("--near-duplicates", options->near_duplicates,
                   "Group near-duplicates: photographs of a label whose features have at most this "
                   "cosine distance, such as 0.29")
      ->type_name("DISTANCE")
      ->check(number_range(kLeastDuplicateDistance, kMostDuplicateDistance));
  add_workers_flag(*command, options->train.workers);
  add_models_flag(*command, options->models);
  const auto stores = add_store_flags(*command);
  command->callback([&chosen, options, stores] {
    chosen = [options, stores](Session& session) {
      options->stores = store_opener(*stores, session);
      options->output.command = session.command;
      const MetricsSummary metrics = run_train(*options, session.progress, session.stop);
      print_metrics(metrics.metrics);
      print_headline(metrics.headline);
      std::printf("Bundle: %s/bundle\n", options->output.out.c_str());
      return 0;
    };
  });
}

}  // namespace pomona::cli
