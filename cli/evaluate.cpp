// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/evaluate.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>

#include "command.h"
#include "flags.h"
#include "pomona/base/json.h"
#include "pomona/base/number_text.h"
#include "pomona/jobs/evaluate_bundle.h"
#include "summary.h"

namespace pomona::cli {
namespace {

constexpr std::size_t kShownPairs = 5;

void print_evaluation(const EvaluationResults& results) {
  const ProtocolMetrics& main = results.metrics.front();
  const ClassifierFigures figures = main.figures.value_or(ClassifierFigures());
  std::printf("%s photographs judged. %s\n", with_commas(main.rows).c_str(),
              main.protocol.explanation.c_str());
  print_metrics(results.metrics);
  std::printf("  macro F1 %s, log loss %.3f, expected calibration error %s\n",
              percent(figures.macro_f1).c_str(), figures.log_loss,
              percent(figures.expected_calibration_error).c_str());
  for (const ConfusedPair& pair :
       std::span(results.confusions).first(std::min(kShownPairs, results.confusions.size()))) {
    std::printf("  %s taken for %s: %llu times\n", pair.truth.c_str(), pair.prediction.c_str(),
                static_cast<unsigned long long>(pair.count));
  }
}

}  // namespace

void add_evaluate(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "evaluate", "How good a bundle is on labelled photographs, or on features");
  auto options = std::make_shared<EvaluateOptions>();
  auto as_json = std::make_shared<bool>(false);
  command->add_option("BUNDLE", options->bundle, "Bundle, or an output folder of run or train")
      ->required();
  command
      ->add_option("INPUTS", options->input.images,
                   "Folders with one folder of photographs for each label, or one output folder of "
                   "extract or run")
      ->required();
  add_classes_flag(*command, options->input.classes);
  add_hidden_flag(*command, options->input.include_hidden);
  command->footer(
      "Examples:\n"
      "  pomona evaluate results more-photographs\n"
      "  pomona evaluate results/bundle results --json");
  command->add_flag("--json", *as_json, "Print the metrics as JSON");
  command
      ->add_option("--group", options->input.split.group,
                   "As in `pomona run`: intervals then treat what belongs together as one")
      ->type_name("REGEX");
  command
      ->add_option("--max-failures", options->max_failures,
                   "Share of photographs that may be unreadable")
      ->type_name("SHARE")
      ->capture_default_str();
  add_decode_flags(*command, options->limits);
  add_workers_flag(*command, options->workers);
  add_models_flag(*command, options->models);
  const auto stores = add_store_flags(*command);
  command->callback([&chosen, options, as_json, stores] {
    chosen = [options, as_json, stores](Session& session) {
      options->input.stores = store_opener(*stores, session);
      const BundleEvaluation result = evaluate_bundle(*options, session.progress, session.stop);
      if (*as_json) {
        std::fputs(print_json(metrics_json(result)).c_str(), stdout);
      } else {
        print_evaluation(result.results);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
