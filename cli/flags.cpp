// SPDX-License-Identifier: Apache-2.0
#include "flags.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "number_range.h"
#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"

namespace pomona::cli {
namespace {

namespace fs = std::filesystem;

void add_split_flags(CLI::App& command, SplitOptions& split) {
  const std::string group = "Training and test";
  command
      .add_option(
          "--holdout", split.holdout,
          "Share of photographs kept for the test. It has no effect with --test, --train-files or "
          "--test-files")
      ->type_name("SHARE")
      ->capture_default_str()
      ->group(group);
  command.add_option("--train-files", split.train_files, "Train only on files whose names match")
      ->type_name("REGEX")
      ->group(group);
  command.add_option("--test-files", split.test_files, "Test only on files whose names match")
      ->type_name("REGEX")
      ->group(group);
  command
      .add_option("--group", split.group,
                  "Regular expression on file names. Photographs of a label with the same captures "
                  "are a group. A group stays on one side of the holdout, and in one fold: "
                  "'^(r\\d*_)?' for the films of Fruits-360")
      ->type_name("REGEX")
      ->group(group);
  add_seed_flag(command, split.seed, "Another number chooses another holdout")->group(group);
}

// Where models/install.py puts backbones of a source tree, else where a user's data lies.
std::string models_folder() {
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = binary.parent_path().parent_path() / "models";
  if (!error && fs::is_directory(beside, error)) return beside.string();
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data != '\0') return (fs::path(data) / "pomona/models").string();
  const char* home = std::getenv("HOME");
  return (fs::path(home != nullptr ? home : "/") / ".local/share/pomona/models").string();
}

void add_sources_flag(CLI::App& command, const char* name, std::vector<std::string>& sources,
                      const char* help) {
  command
      .add_option_function<std::string>(
          name, [&sources](const std::string& text) { sources = CLI::detail::split(text, ','); },
          help)
      ->type_name("SOURCES")
      ->group("Classifier");
}

}  // namespace

ComponentChoice parse_components(const std::string& text) {
  if (const auto count = parse_count(text); count && *count > 0) return ComponentCount{*count};
  if (const auto share = parse_number(text); share && *share > 0 && *share < 1) {
    return VarianceShare{*share};
  }
  throw Error(ErrorKind::kInvalidInput,
              "reading --components: expected a number such as 200, or a share of the variance "
              "between 0 and 1 "
              "such as 0.95; found '" +
                  text + "'");
}

CLI::Option* add_seed_flag(CLI::App& command, std::uint64_t& seed, const std::string& what) {
  return command.add_option("--seed", seed, what)
      ->type_name("N")
      ->check(CLI::Validator(
          [](const std::string& text) -> std::string {
            return parse_count(text) ? "" : "'" + text + "' is no whole number from 0 up";
          },
          ""))
      ->capture_default_str();
}

CLI::Option* add_images_flag(CLI::App& command, const std::string& name, const std::string& what,
                             std::vector<std::string>& images) {
  // Each time it is given it takes one place, so that what follows stays what it is.
  return command.add_option(name, images, what)->type_name("IMAGES")->allow_extra_args(false);
}

void add_classes_flag(CLI::App& command, std::string& classes) {
  command
      .add_option("--classes", classes,
                  "CSV that maps folders to labels: columns source, class, label. An empty label "
                  "excludes the folder. Optional columns: weight (of each photograph in training) "
                  "and variety (which `pomona predict` reports when it is certain enough)")
      ->type_name("FILE")
      ->group("Labels");
}

void add_hidden_flag(CLI::App& command, bool& include_hidden) {
  command
      .add_flag("--include-hidden", include_hidden,
                "Take files with hidden names as well, their own or that of a folder above them: "
                "those that begin with '.' or '_', and @eaDir, #recycle, lost+found and the like")
      ->group("Labels");
}

std::shared_ptr<S3StoreOptions> add_input_flags(CLI::App& command, InputOptions& input) {
  command
      .add_option("IMAGES", input.images,
                  "Folders, or s3://bucket/prefix, with one folder of photographs for each label; "
                  "SOURCE=FOLDER names where photographs come from")
      ->required();
  add_images_flag(command, "--test",
                  "Folder of the same kind: the test set, never used in training", input.test)
      ->group("Training and test");
  add_classes_flag(command, input.classes);
  add_hidden_flag(command, input.include_hidden);
  std::shared_ptr<S3StoreOptions> stores = add_store_flags(command);
  add_split_flags(command, input.split);
  return stores;
}

void add_extract_flags(CLI::App& command, ExtractOptions& extract) {
  const std::string group = "Features";
  command
      .add_option("--backbone", extract.backbone,
                  "The network; `pomona models list` shows which there are")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--size", extract.size,
                  "Side of the network's input, in pixels; the backbone's own when left out")
      ->type_name("PIXELS")
      ->check(count_range(kLeastSide, kMostSide))
      ->group(group);
  command
      .add_option_function<std::string>(
          "--precision",
          [&extract](const std::string& name) {
            if (name != "auto") extract.precision = precision_from_name(name);
          },
          "auto measures and takes the fastest; bf16 only where the processor has it")
      ->type_name("auto|f32|bf16")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}))
      ->default_str("auto")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--fit", [&extract](const std::string& name) { extract.fit = fit_from_name(name); },
          "How a photograph that is not square, or a crop of one, becomes square: squash both "
          "sides, crop the ends of the longer side, or pad with grey")
      ->type_name("squash|crop|pad")
      ->check(CLI::IsMember({"squash", "crop", "pad"}))
      ->default_str("squash")
      ->group(group);
  command
      .add_option(
          "--batch", extract.batch,
          "Photographs in one call of the network; what is fastest at this size when left out")
      ->type_name("N")
      ->check(count_range(1, kMostBatch))
      ->group(group);
  add_workers_flag(command, extract.workers);
  command
      .add_option("--max-failures", extract.max_failures,
                  "Share of photographs that may be unreadable; above it the run fails")
      ->type_name("SHARE")
      ->capture_default_str()
      ->group(group);
  command
      .add_flag_callback(
          "--no-previews", [&extract] { extract.previews = false; },
          "Keep no previews of photographs: the report shows none, and there is no pixel baseline")
      ->group(group);
  command
      .add_option(
          "--part-files", extract.part_files,
          "Files in one part of the tables: an interrupted run loses at most its work on one "
          "part")
      ->type_name("N")
      ->check(count_range(1, kMostPartFiles))
      ->capture_default_str()
      ->group("Machine");
  add_models_flag(command, extract.models);
  add_decode_flags(command, extract.limits);
}

void add_decode_flags(CLI::App& command, DecodeLimits& limits) {
  const std::string group = "Decoding";
  constexpr unsigned kMibBits = 20;
  command
      .add_option("--max-pixels", limits.max_pixels,
                  "Photographs with more pixels fail as too_large")
      ->type_name("N")
      ->check(count_range(1, kMostDecodePixels))
      ->capture_default_str()
      ->group(group);
  command
      .add_option_function<std::uint64_t>(
          "--max-decode-memory",
          [&limits](const std::uint64_t& mib) { limits.max_decode_memory = mib << kMibBits; },
          "Photographs whose decoding takes more memory than that fail as too_large; each worker "
          "may take as much")
      ->type_name("MIB")
      ->check(count_range(1, kMostDecodeMemory >> kMibBits))
      ->default_str(std::to_string(limits.max_decode_memory >> kMibBits))
      ->group(group);
  command
      .add_option(
          "--max-decode-time", limits.max_decode_time,
          "Photographs whose decoding takes longer, by an estimate from their headers, fail "
          "as too_large; a large file may take a microsecond for each of its bytes")
      ->type_name("MS")
      ->check(count_range(1, kMostDecodeTime))
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--max-damage", limits.max_damage,
                  "Decode JPEGs of which at most this share is lost (truncated, or damaged inside) "
                  "and record the share, instead of failing them as truncated or damaged")
      ->type_name("SHARE")
      ->check(number_range(0.0, 1.0))
      ->capture_default_str()
      ->group(group);
}

void add_crops_flag(CLI::App& command, std::vector<Crop>& crops) {
  command
      .add_option_function<std::string>(
          "--crops",
          [&crops](const std::string& text) {
            crops = crops_from_names(CLI::detail::split(text, ','));
          },
          "Multi-crop: comma-separated parts of each photograph that the network sees. whole; flip "
          "(mirrored); center75 (the middle 75 % of both sides); center75-flip. @448 after a name "
          "sets the side of the network's input for this crop. A model trains on every crop and "
          "predicts from the mean of their features. Each crop costs a run of the network")
      ->type_name("CROPS")
      ->default_str("whole")
      ->group("Features");
}

void add_reduce_flags(CLI::App& command, ReduceOptions& reduce) {
  const std::string group = "Reduction";
  command
      .add_option_function<std::string>(
          "--components",
          [&reduce](const std::string& text) { reduce.components = parse_components(text); },
          "How many principal components, or the share of the variance they must explain, such as "
          "0.95")
      ->type_name("N|SHARE")
      ->default_str("200, or fewer where there are not so many")
      ->group(group);
  command
      .add_flag_callback(
          "--no-scale", [&reduce] { reduce.scale = false; },
          "Centre features without dividing by their deviation")
      ->group(group);
}

void add_train_flags(CLI::App& command, TrainOptions& train) {
  command
      .add_option_function<std::string>(
          "--classifier",
          [&train](const std::string& name) { train.classifier = classifier_kind_from_name(name); },
          "logistic regression on the components, or ridge on all features")
      ->type_name("logistic|ridge")
      ->check(CLI::IsMember({"logistic", "ridge"}))
      ->default_str("logistic")
      ->group("Classifier");
  command
      .add_option("--c", train.c,
                  "Logistic regression: inverse regularisation strength, as scikit-learn's C on "
                  "components divided by their root mean square")
      ->type_name("NUMBER")
      ->check(number_range(kLeastC, kMostC))
      ->capture_default_str()
      ->group("Classifier");
  command
      .add_option(
          "--folds", train.folds,
          "Cross-validate the whole chain with this many folds of the training photographs, "
          "groups whole: evaluates and calibrates a model of few photographs")
      ->type_name("N")
      ->check(count_range(2, kMostFolds))
      ->group("Classifier");
  command
      .add_option(
          "--reject-rate", train.reject_rate,
          "Reject option: the share of known photographs that may be rejected, such as 0.05. A "
          "higher share also rejects more unknown ones; 0 never rejects")
      ->type_name("SHARE")
      ->check(number_range(0.0, kLargestRejectRate))
      ->capture_default_str()
      ->group("Classifier");
  add_sources_flag(
      command, "--studio", train.studio,
      "Comma-separated sources of the studio domain. `pomona predict` marks labels that were "
      "learnt from these sources alone");
  add_sources_flag(
      command, "--adapt", train.adapt,
      "Domain adaptation: shift and scale the features of these --studio sources to the "
      "in-the-wild domain, estimated from labels that both domains have");
  command
      .add_option(
          "--backbone-classes", train.backbone_classes,
          "CSV with columns class (index of a backbone class, from 0) and label. For labels that "
          "only --studio sources show, logistic regression gets a Gaussian prior centred on the "
          "backbone's output layer")
      ->type_name("FILE")
      ->group("Classifier");
  command
      .add_option("--catalogue", train.catalogue,
                  "JSON file of what is known about each label, such as catalogue/kinds.json: the "
                  "bundle carries it, and `pomona predict` prints it")
      ->type_name("FILE")
      ->group("Classifier");
}

void add_earlier_flags(CLI::App& command, EarlierOptions& earlier) {
  const std::string group = "Earlier work";
  command
      .add_option("--from", earlier.from,
                  "Results of an earlier run, from which photographs that have not changed are "
                  "taken: the same path, size and time (in a bucket: ETag)")
      ->type_name("FOLDER")
      ->group(group);
  command
      .add_flag("--by-hash", earlier.by_hash,
                "With --from: compare the bytes of photographs instead of their time or ETag")
      ->group(group);
  command
      .add_flag("--retry-failures", earlier.retry_failures,
                "Retry the files that an earlier run into the same folder could not read")
      ->group(group);
}

void add_output_flags(CLI::App& command, OutputOptions& output) {
  command
      .add_option(
          "--out,-o", output.out,
          "Folder, or s3://bucket/prefix, for the results: new, empty, or the folder of the "
          "same run interrupted earlier, which then resumes")
      ->type_name("FOLDER")
      ->required()
      ->group("Output");
  command
      .add_flag("--force", output.force,
                "Replace the results of an earlier run in that folder, and discard the work of an "
                "interrupted one")
      ->group("Output");
}

void add_workers_flag(CLI::App& command, std::size_t& workers) {
  command.add_option("--workers", workers, "Worker threads; one for each core when left out")
      ->type_name("N")
      ->envname("POMONA_WORKERS")
      ->check(count_range(1, kMostWorkers))
      ->group("Machine");
}

std::string refuse_remote(const std::string& place) {
  if (place.find("://") == std::string::npos) return "";
  return "'" + place + "' is no place on this machine, and this is read from there alone";
}

void add_models_flag(CLI::App& command, std::string& models) {
  models = models_folder();
  command
      .add_option(
          "--models", models,
          "Folder of installed backbones; when left out, `models` beside the folder of this "
          "program, else ~/.local/share/pomona/models")
      ->type_name("FOLDER")
      ->envname("POMONA_MODELS")
      ->check(CLI::Validator(refuse_remote, "", ""))
      ->group("Machine");
}

}  // namespace pomona::cli
