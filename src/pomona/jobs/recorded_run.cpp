// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/recorded_run.h"

#include "pomona/base/error.h"
#include "pomona/dataset/image_input.h"
#include "pomona/dataset/input_options.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::string_view kBesideFeatures = "run.json beside the features";

template <class T>
T read(const Json& object, std::string_view name) {
  return read_member<T>(object, name, kBesideFeatures);
}

const Json& object_of(const Json& record, std::string_view name) {
  return member_of(record, name, kBesideFeatures);
}

}  // namespace

const Json& record_of_features(const FeaturePlace& features, const std::string& place) {
  if (!features.run_record || !features.run_record->contains("backbone")) {
    throw Error(ErrorKind::kInvalidInput, "training on '" + place +
                                              "': no run.json beside the features says which "
                                              "backbone made them; train on a folder made "
                                              "by `pomona extract` or `pomona run`");
  }
  return *features.run_record;
}

ExtractSetup recorded_setup(const Json& record, const std::string& models,
                            const std::string& place) {
  const Json& backbone = object_of(record, "backbone");
  ExtractSetup setup;
  setup.featurizer.size = read<int>(backbone, "size");
  setup.featurizer.batch = read<int>(record, "batch");
  setup.featurizer.precision =
      parse_member<std::string>(record, "precision", kBesideFeatures, precision_from_name);
  setup.fit = parse_member<std::string>(record, "fit", kBesideFeatures, fit_from_name);
  setup.crops = recorded_crops(record);
  const auto digest = read<std::string>(backbone, "digest");
  setup.backbone = read_backbone(models, read<std::string>(backbone, "name"));
  if (setup.backbone.digest != digest) {
    throw Error(ErrorKind::kInvalidInput, "training on '" + place + "': the installed backbone '" +
                                              setup.backbone.spec.name +
                                              "' is another one than made these features");
  }
  return setup;
}

SplitOptions recorded_split_options(const Json& record) {
  const Json& options = object_of(record, "options");
  SplitOptions split;
  split.holdout = read<double>(options, "holdout");
  split.train_files = name_from_key(read<std::string>(options, "train_files"));
  split.test_files = name_from_key(read<std::string>(options, "test_files"));
  split.group = name_from_key(read<std::string>(options, "group"));
  split.seed = read<std::uint64_t>(options, "seed");
  return split;
}

SplitKind recorded_split_kind(const Json& record, std::size_t test_rows) {
  const SplitOptions split = recorded_split_options(record);
  if (!object_of(object_of(record, "inputs"), "test").is_null()) return SplitKind::kTestSet;
  if (!split.train_files.empty() || !split.test_files.empty()) return SplitKind::kFileNames;
  return test_rows > 0 ? SplitKind::kHoldout : SplitKind::kNone;
}

std::vector<std::string> recorded_sources(const Json& record) {
  InputOptions input;
  read_inputs_json(object_of(record, "inputs"), input);
  return source_names(parse_image_inputs(input.images));
}

std::string recorded_classes(const Json& record) {
  const Json& inputs = object_of(record, "inputs");
  return inputs.contains("classes") ? name_from_key(read<std::string>(inputs, "classes")) : "";
}

}  // namespace pomona
