// SPDX-License-Identifier: Apache-2.0
// predict: the whole way for photographs, from a bundle alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/bundle/bundle.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/features/extract_setup.h"
#include "pomona/features/photograph.h"
#include "pomona/features/photograph_featurizer.h"
#include "pomona/image/decode_limits.h"
#include "pomona/predict/rejector.h"
#include "pomona/predict/slot_pool.h"
#include "pomona/predict/variety.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct Answer {
  std::string label;
  double probability = 0;
  bool studio_only = false;  // the bundle knows it from studio images alone
};

// Why a photograph has no answers; kinds as in failures.csv.
struct PredictionFailure {
  std::string kind;
  std::string message;
};

struct Prediction {
  std::vector<Answer> answers;               // best first: `top` of them, and always two
  std::optional<VarietyAnswer> variety;      // of the first answer, where it is reported
  std::optional<double> ood_score;           // of Rejector, of a bundle with a reject option
  std::optional<RejectionReason> rejected;   // then both are what is nearest, and no more
  double damage = 0;                         // share of the photograph that is lost
  std::optional<PredictionFailure> failure;  // instead of answers
};

struct PredictorOptions {
  // Uses the whole and the tightest crop alone. Every network is made even so, for the
  // self-check.
  bool fast = false;
  std::size_t workers = 0;  // how many cores compute requests; 0: all that are usable
  // For requests that do not fill a batch: the networks compute one crop at a time, where those of
  // the bundle's batch also compute the rows that nobody filled. A photograph of one crop that
  // comes while no other is computed gets every core. No bit of an answer differs.
  bool one_at_a_time = false;

  // Throws invalid_input that names the field.
  void check() const;
};

inline constexpr std::size_t kMostAnswers = 1000;

struct PredictOptions {
  std::size_t top = 3;  // answers a photograph, from 1 to kMostAnswers
  DecodeLimits limits;
  std::stop_token stop;  // ends the request with `interrupted`, after the step that is under way

  // Throws invalid_input that names the field.
  void check() const;
};

// How many answers a prediction holds: top, and at least two, since whether the second is near
// counts whatever is shown.
std::size_t most_answers(const PredictOptions& options);

struct PredictorCounts {
  std::uint64_t photographs = 0;  // that went through the network
  std::uint64_t batches = 0;      // in which they did
};

// A bundle, loaded. Any number of threads may call any of it at once; answers have the same bits
// whatever runs beside them. A request that throws leaves the next one as it was.
class Predictor {
 public:
  // Throws invalid_input for options out of range and for a bundle without a classifier, corrupt
  // when its self-check fails, and what `make` throws.
  explicit Predictor(Bundle bundle, const PredictorOptions& options = {},
                     const MakeNetworks& make = make_networks);
  ~Predictor();
  // What refuses holds on to the bundle.
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;

  // One a photograph, in their order; they share batches. One that cannot be decoded, or is over
  // the limits, is a failure in its prediction. Throws interrupted.
  std::vector<Prediction> predict(std::span<const std::string_view> photographs,
                                  const PredictOptions& options) const;
  // The same for photographs of any form. Files are read one after the other, when their turn
  // comes.
  std::vector<Prediction> predict_photographs(std::span<const Photograph> photographs,
                                              const PredictOptions& options) const;
  // The same for files, which are all held in memory; one that cannot be read is a failure.
  std::vector<Prediction> predict_files(std::span<const std::string> places,
                                        const StoreOpener& stores,
                                        const PredictOptions& options) const;

  const Bundle& bundle() const { return bundle_; }
  // What the bundle knows about its labels, which may be nothing.
  const Catalogue& catalogue() const { return catalogue_; }
  // How many photographs fill a batch of the network.
  std::size_t batch_photographs() const;
  // How many requests are computed at once.
  std::size_t workers() const { return featurizers_.size(); }
  PredictorCounts counts() const;

 private:
  using Added = expected<AddedPhotograph, PhotographFailure>;
  using AddNumber = std::function<Added(std::size_t, PhotographFeaturizer&)>;
  std::vector<Prediction> predict_each(std::size_t photographs, const AddNumber& add,
                                       const PredictOptions& options) const;
  SlotPool::Lease take_slots(std::size_t photographs, const std::stop_token& stop) const;
  PhotographFeaturizer& featurizer_of(const SlotPool::Lease& lease, std::size_t photographs) const;
  void answer(MatrixView<const float> rows, const std::vector<std::size_t>& read,
              const PredictOptions& options, std::vector<Prediction>& predictions) const;

  Bundle bundle_;
  Catalogue catalogue_;
  ExtractSetup setup_;
  CropNetworks networks_;
  std::vector<std::size_t> crops_;  // of the bundle's, those that are used
  Rejector rejector_;
  // One a slot; whoever holds the slot uses it.
  std::vector<std::unique_ptr<PhotographFeaturizer>> featurizers_;
  // On every core, for who holds all slots; with one_at_a_time, one crop and several cores.
  struct Alone;
  std::unique_ptr<Alone> alone_;
  std::unique_ptr<SlotPool> pool_;
  mutable std::atomic<std::uint64_t> photographs_ = 0;
  mutable std::atomic<std::uint64_t> batches_ = 0;
};

}  // namespace pomona
