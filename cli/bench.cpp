// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/bench.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "flags.h"
#include "pomona/base/number_text.h"

namespace pomona::cli {
namespace {

void print_bench(const Json& result) {
  std::printf("%s at %d px, %s, %s photographs\n", result.at("backbone").get<std::string>().c_str(),
              result.at("size").get<int>(), result.at("precision").get<std::string>().c_str(),
              with_commas(result.at("photographs").get<std::uint64_t>()).c_str());
  std::printf("%-34s %10s\n", "engine alone", "images/s");
  for (const Json& point : result.at("engine_sweep")) {
    std::printf("  batch %2d, %zu streams %16s %10.1f\n", point.at("batch").get<int>(),
                point.at("streams").get<std::size_t>(), "",
                point.at("images_per_second").get<double>());
  }
  const auto line = [&](const char* name, const char* key, const char* format) {
    std::printf("%-34s ", name);
    std::printf(format, result.at(key).get<double>());
    std::printf("\n");
  };
  line("engine, best point, beside extract", "engine_images_per_second", "%10.1f");
  line("read, decode, resize, normalise", "decode_images_per_second", "%10.1f");
  line("whole extract", "extract_images_per_second", "%10.1f");
  line("whole extract, one worker", "extract_one_worker_images_per_second", "%10.1f");
  line("extract over engine", "extract_over_engine", "%10.3f");
  line("workers over one", "workers_over_one", "%10.2f");
  if (result.at("batch") != result.at("engine_batch")) {
    std::printf("extraction ran with batches of %d; --batch %d may be faster on this machine\n",
                result.at("batch").get<int>(), result.at("engine_batch").get<int>());
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
      ->check(CLI::Range(0.1, 60.0))
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
      const Json result = bench_json(bench(*options, session.progress, session.stop));
      session.progress.begin("", 0);
      if (*as_json) {
        std::fputs(print_json(result).c_str(), stdout);
      } else {
        print_bench(result);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
