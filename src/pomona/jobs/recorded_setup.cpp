// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/recorded_setup.h"

#include "pomona/base/error.h"
#include "pomona/dataset/image_input.h"

namespace pomona {

const RecordedRun& run_of_features(const FeaturePlace& features, const std::string& place) {
  if (!features.run || !features.run->extraction) {
    throw Error(ErrorKind::kInvalidInput, "training on '" + place +
                                              "': no run.json beside the features says which "
                                              "backbone made them; train on a folder made "
                                              "by `pomona extract` or `pomona run`");
  }
  return *features.run;
}

const RecordedExtraction& recorded_extraction(const RecordedRun& run) {
  if (!run.extraction) throw Error(ErrorKind::kInternal, "a recorded run without its extraction");
  return *run.extraction;
}

ExtractSetup recorded_setup(const RecordedRun& run, const std::string& models,
                            const std::string& place) {
  const RecordedExtraction& made = recorded_extraction(run);
  ExtractSetup setup;
  setup.featurizer.size = made.size;
  setup.featurizer.batch = made.batch;
  setup.featurizer.precision = made.precision;
  setup.fit = made.fit;
  setup.crops = run.crops;
  setup.backbone = read_backbone(models, made.backbone);
  if (setup.backbone.digest != made.backbone_digest) {
    throw Error(ErrorKind::kInvalidInput, "training on '" + place + "': the installed backbone '" +
                                              setup.backbone.spec.name +
                                              "' is another one than made these features");
  }
  if (const std::string now = input_text(setup.backbone.spec);
      !made.input.empty() && made.input != now) {
    throw Error(ErrorKind::kInvalidInput,
                "training on '" + place + "': the backbone '" + setup.backbone.spec.name +
                    "' was imported anew since it made these features, for another input: then " +
                    made.input + ", now " + now + "; extract them again");
  }
  return setup;
}

SplitKind recorded_split_kind(const RecordedRun& run, std::size_t test_rows) {
  const SplitOptions& split = recorded_extraction(run).split;
  if (!run.test.empty()) return SplitKind::kTestSet;
  if (!split.train_files.empty() || !split.test_files.empty()) return SplitKind::kFileNames;
  return test_rows > 0 ? SplitKind::kHoldout : SplitKind::kNone;
}

std::vector<std::string> recorded_sources(const RecordedRun& run) {
  return source_names(parse_image_inputs(run.images));
}

}  // namespace pomona
