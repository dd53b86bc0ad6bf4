// SPDX-License-Identifier: Apache-2.0
// predict: the whole way for photographs, from a bundle alone.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/bundle/bundle.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/features/preprocess.h"
#include "pomona/features/view_networks.h"
#include "pomona/image/decode.h"
#include "pomona/predict/refusal.h"
#include "pomona/predict/variety.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct Answer {
  std::string label;
  double probability = 0;
  bool studio_only = false;  // the bundle knows it from studio pictures alone
};

// Why a photograph has no answers; kinds as in failures.csv.
struct PredictionFailure {
  std::string kind;
  std::string message;
};

struct Prediction {
  std::vector<Answer> answers;               // best first: `top` of them, and always two
  std::optional<VarietyAnswer> variety;      // of the first answer, where it can be told
  std::optional<double> strangeness;         // of Refuser, of a bundle that refuses
  std::optional<RefusalReason> refused;      // then both are what is nearest, and no more
  std::optional<PredictionFailure> failure;  // instead of answers
};

// Used by one thread at a time.
class Predictor {
 public:
  // `fast`: looks at the whole and the nearest view alone. Every network is made even so, for the
  // self-check. Throws invalid_input for a bundle without a classifier, corrupt when its self-check
  // fails.
  explicit Predictor(Bundle bundle, bool fast = false);
  // What refuses holds on to the bundle.
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;

  // One a photograph, in their order. Photographs share batches.
  std::vector<Prediction> predict(const std::vector<std::string>& photographs, std::size_t top);
  // The same for files, which are all held in memory; one that cannot be read is a failure.
  std::vector<Prediction> predict_files(std::span<const std::string> places,
                                        const StoreOpener& stores, std::size_t top);

  const Bundle& bundle() const { return bundle_; }
  // What the bundle knows about its labels, which may be nothing.
  const Catalogue& catalogue() const { return catalogue_; }

 private:
  Bundle bundle_;
  Catalogue catalogue_;
  ViewNetworks networks_;
  std::vector<std::size_t> views_;  // of the bundle's, those that are looked at
  Preprocessor preprocessor_;
  Refuser refuser_;
  Decoder decoder_;
};

// Opens the folder of a bundle: `place` itself, or `bundle/` in it; one without a network gets that
// of find_network(). Throws not_found, corrupt.
Bundle open_bundle(const std::string& place, const std::string& models, const StoreOpener& stores);

// Of a bundle without one: an empty one. Throws corrupt.
Catalogue read_catalogue(const Bundle& bundle);

// One object a photograph, as `pomona predict --json` prints it and docs/formats.md describes it.
Json prediction_json(const std::string& path, const Prediction& prediction,
                     const Catalogue& catalogue, Language language, std::size_t top);

}  // namespace pomona
