// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/bench.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "command.h"
#include "flags.h"
#include "number_range.h"
#include "pomona/base/json.h"
#include "pomona/base/number_text.h"

namespace pomona::cli {
namespace {

void print_bench(const BenchResult& result) {
  const FeaturizerOptions& used = result.setup.featurizer;
  std::printf("%s at %d px, %s, %s photographs\n", result.setup.backbone.spec.name.c_str(),
              used.size, std::string(precision_name(used.precision)).c_str(),
              with_commas(result.photographs).c_str());
  std::printf("%-34s %10s\n", "engine alone", "images/s");
  for (const EnginePoint& point : result.sweep) {
    std::printf("  batch %2d, %zu streams %16s %10.1f\n", point.batch, point.streams, "",
                point.images_per_second);
  }
  const auto line = [](const char* name, double value, int decimals) {
    std::printf("%-34s %10.*f\n", name, decimals, value);
  };
  line("engine, best point, beside extract", result.engine.images_per_second, 1);
  line("read, decode, resize, normalise", result.decode_images_per_second, 1);
  line("whole extract", result.extract_images_per_second, 1);
  line("whole extract, one worker", result.extract_one_worker_images_per_second, 1);
  line("extract over engine", result.extract_over_engine(), 3);
  line("workers over one", result.workers_over_one(), 2);
  if (used.batch != result.engine.batch) {
    std::printf("extraction ran with batches of %d; --batch %d may be faster on this machine\n",
                used.batch, result.engine.batch);
  }
}

}  // namespace

void add_bench(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "bench", "Measure the network alone, decoding alone, and the whole extraction");
  auto options = std::make_shared<BenchOptions>();
  auto as_json = std::make_shared<bool>(false);
  command->add_option("IMAGES", options->images, "Folder of photographs")->required();
  command->add_option("--seconds", options->seconds, "Seconds for each point of the sweep")
      ->type_name("S")
      ->check(number_range(kLeastBenchSeconds, kMostBenchSeconds))
      ->capture_default_str();
  command
      ->add_option("--scratch", options->scratch, "Where the table of the measurement is written")
      ->type_name("FOLDER");
  command->add_flag("--json", *as_json, "Print JSON instead of a table");
  add_extract_flags(*command, options->extract);
  const auto stores = add_store_flags(*command);
  command->callback([&chosen, options, as_json, stores] {
    chosen = [options, as_json, stores](Session& session) {
      options->stores = store_opener(*stores, session);
      const BenchResult result = bench(*options, session.progress, session.stop);
      session.progress.begin("", 0);
      if (*as_json) {
        std::fputs(print_json(bench_json(result)).c_str(), stdout);
      } else {
        print_bench(result);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
