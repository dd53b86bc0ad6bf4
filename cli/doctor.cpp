// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "command.h"
#include "flags.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/json.h"
#include "pomona/jobs/bench.h"
#include "pomona/jobs/machine.h"

namespace pomona::cli {
namespace {

constexpr double kSecondsAPoint = 1;

std::string joined(const Json& words) {
  std::string text;
  for (const Json& word : words) text += (text.empty() ? "" : " ") + word.get<std::string>();
  return text;
}

Json measured_precisions(const Backbone& backbone, std::size_t cores) {
  Json measured = Json::array();
  for (const Precision precision : native_precisions()) {
    FeaturizerOptions options;
    options.precision = precision;
    options.slots = cores;
    measured.push_back({{"precision", precision_name(precision)},
                        {"backbone", backbone.spec.name},
                        {"size", backbone.spec.size},
                        {"images_per_second", measure_engine(backbone, options, kSecondsAPoint)}});
  }
  return measured;
}

void print_doctor(const Json& found) {
  const Json& machine = found.at("machine");
  std::printf("processor     %s, %d cores usable\n", machine.at("cpu").get<std::string>().c_str(),
              machine.at("cores").get<int>());
  std::printf("instructions  %s\n", joined(machine.at("instruction_sets")).c_str());
  std::printf("memory        %.1f GiB\n", machine.at("memory_bytes").get<double>() / (1 << 30));
  std::printf("system        %s\n", machine.at("system").get<std::string>().c_str());
  for (const auto& [name, version] : found.at("versions").items()) {
    std::printf("%-12s  %s\n", name.c_str(), version.get<std::string>().c_str());
  }
  std::printf("models        %s\n", found.at("models").get<std::string>().c_str());
  std::printf("backbones     %s\n", found.at("backbones").empty()
                                        ? "none: run tools/setup, or `pomona models install`"
                                        : joined(found.at("backbones")).c_str());
  for (const Json& one : found.at("precisions")) {
    std::printf("measured      %s: %.0f photographs a second through %s at %d px\n",
                one.at("precision").get<std::string>().c_str(),
                one.at("images_per_second").get<double>(),
                one.at("backbone").get<std::string>().c_str(), one.at("size").get<int>());
  }
}

}  // namespace

void add_doctor(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("doctor", "What this machine has and can do: cores, instructions, speeds");
  auto models = std::make_shared<std::string>();
  auto as_json = std::make_shared<bool>(false);
  add_models_flag(*command, *models);
  command->add_flag("--json", *as_json, "Print one JSON object");
  command->callback([&chosen, models, as_json] {
    chosen = [models, as_json](Session& session) {
      session.progress.begin("measuring", 0);
      const Machine machine = describe_machine();
      Json found = {
          {"machine", machine_json(machine)}, {"versions", versions_json()}, {"models", *models}};
      found["backbones"] = Json::array();
      found["precisions"] = Json::array();
      const std::vector<BackboneSpec> backbones = list_backbones(*models);
      for (const BackboneSpec& spec : backbones) found["backbones"].push_back(spec.name);
      if (!backbones.empty()) {
        found["precisions"] =
            measured_precisions(read_backbone(*models, backbones.front().name), machine.cores);
      }
      session.progress.begin("", 0);
      if (*as_json) {
        std::fputs(print_json(found).c_str(), stdout);
      } else {
        print_doctor(found);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
