// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "flags.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/json.h"
#include "pomona/jobs/bench.h"
#include "pomona/jobs/machine.h"

namespace pomona::cli {
namespace {

constexpr double kSecondsAPoint = 1;

struct MeasuredPrecision {
  std::string precision;
  std::string backbone;
  int size = 0;
  double images_per_second = 0;
};

struct Findings {
  Machine machine;
  std::string models;
  std::vector<std::string> backbones;
  std::vector<MeasuredPrecision> precisions;
};

std::string words_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<MeasuredPrecision> measure_precisions(const Backbone& backbone, std::size_t cores) {
  std::vector<MeasuredPrecision> measured;
  for (const Precision precision : native_precisions()) {
    FeaturizerOptions options;
    options.precision = precision;
    options.slots = cores;
    measured.push_back({std::string(precision_name(precision)), backbone.spec.name,
                        backbone.spec.size, measure_engine(backbone, options, kSecondsAPoint)});
  }
  return measured;
}

Findings look_at_machine(const std::string& models) {
  Findings found;
  found.machine = describe_machine();
  found.models = models;
  for (const BackboneSpec& spec : list_backbones(models)) found.backbones.push_back(spec.name);
  if (!found.backbones.empty()) {
    found.precisions =
        measure_precisions(read_backbone(models, found.backbones.front()), found.machine.cores);
  }
  return found;
}

Json findings_json(const Findings& found) {
  Json precisions = Json::array();
  for (const MeasuredPrecision& one : found.precisions) {
    precisions.push_back({{"precision", one.precision},
                          {"backbone", one.backbone},
                          {"size", one.size},
                          {"images_per_second", one.images_per_second}});
  }
  return {{"machine", machine_json(found.machine)},
          {"versions", versions_json()},
          {"models", found.models},
          {"backbones", found.backbones},
          {"precisions", std::move(precisions)}};
}

void print_doctor(const Findings& found) {
  const Machine& machine = found.machine;
  std::printf("processor     %s, %zu cores usable\n", machine.cpu.c_str(), machine.cores);
  std::printf("instructions  %s\n", words_of(machine.instruction_sets).c_str());
  std::printf("memory        %.1f GiB\n", static_cast<double>(machine.memory_bytes) / (1 << 30));
  std::printf("system        %s\n", machine.system.c_str());
  for (const auto& [name, version] : program_versions()) {
    std::printf("%-12s  %s\n", name.c_str(), version.c_str());
  }
  std::printf("models        %s\n", found.models.c_str());
  std::printf("backbones     %s\n", found.backbones.empty()
                                        ? "none: run tools/setup, or `pomona models install`"
                                        : words_of(found.backbones).c_str());
  for (const MeasuredPrecision& one : found.precisions) {
    std::printf("measured      %s: %.0f photographs a second through %s at %d px\n",
                one.precision.c_str(), one.images_per_second, one.backbone.c_str(), one.size);
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
      const Findings found = look_at_machine(*models);
      session.progress.begin("", 0);
      if (*as_json) {
        std::fputs(print_json(findings_json(found)).c_str(), stdout);
      } else {
        print_doctor(found);
      }
      return 0;
    };
  });
}

}  // namespace pomona::cli
