// SPDX-License-Identifier: Apache-2.0
// What run.json beside a feature table records of the run that made it, as values. It may be of
// another version or of another program: JSON of another shape is corrupt. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/backbone/featurizer.h"
#include "pomona/dataset/scan.h"
#include "pomona/features/crop.h"
#include "pomona/image/resize.h"

namespace pomona {

// How photographs became features.
struct RecordedExtraction {
  std::string backbone;  // its name
  std::string backbone_digest;
  std::string input;  // as input_text() gives it; "": not recorded, of an older run
  int size = 0;       // side of the network's input, in pixels
  int batch = 0;
  Precision precision = Precision::kF32;
  Fit fit = Fit::kSquash;
  SplitOptions split;
};

struct RecordedRun {
  std::vector<std::string> images;  // as in InputOptions; empty: none recorded
  std::vector<std::string> test;
  std::string classes;
  std::vector<Crop> crops = {Crop()};            // that a row holds the features of
  std::optional<RecordedExtraction> extraction;  // none: it extracted nothing
};

// Of the text of run.json. Throws corrupt, and invalid_input for the format of another version.
RecordedRun parse_recorded_run(std::string_view text);

}  // namespace pomona
