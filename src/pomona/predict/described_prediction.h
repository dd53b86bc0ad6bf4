// SPDX-License-Identifier: Apache-2.0
// A prediction with what the catalogue knows about its answers, in one language: what a front shows
// or, as JSON, hands on. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/predict/predict.h"

namespace pomona {

struct DescribedKind {
  std::string id;                              // the label
  std::string name;                            // the label where the catalogue does not know it
  std::optional<std::string> scientific_name;  // this and the next: none where it does not know it
  std::optional<std::string> family;
  double probability = 0;
  bool studio_only = false;  // as in Answer
};

struct DescribedVariety {
  std::string id;
  std::string name;
  double probability = 0;
  std::optional<std::string> distinguished_by;  // none: the catalogue does not know it
};

// The second answer, where it is so near that the first may well be wrong.
struct Confusable {
  std::string id;
  std::string name;
  std::optional<std::string> difference;  // from the first; none: the catalogue does not know it
};

struct DescribedFact {
  std::string topic;  // "part", "origin", "biodiversity", "more", "caution"
  std::string text;
  std::optional<std::string> source;
};

struct DescribedPrediction {
  std::string path;
  std::optional<PredictionFailure> failure;  // it could not be read: all that follows is empty
  std::optional<std::string> rejected;       // the reason's name
  std::optional<double> ood_score;           // as in Prediction
  double damage = 0;                         // as in Prediction
  std::vector<DescribedKind> kinds;          // the best first; of a rejected one what is nearest
  std::optional<Confusable> confusable;
  std::optional<DescribedVariety> variety;
  std::vector<DescribedFact> facts;
};

// `top`: how many kinds at most.
DescribedPrediction describe_prediction(const std::string& path, const Prediction& prediction,
                                        const Catalogue& catalogue, Language language,
                                        std::size_t top);

// One object a photograph, as `pomona predict --json` prints it and docs/formats.md describes it.
Json prediction_json(const DescribedPrediction& prediction);

}  // namespace pomona
