// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/predict.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/base/stop.h"
#include "pomona/features/crop_mean.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/picture_quality.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/classify_features.h"
#include "pomona/predict/open_bundle.h"
#include "pomona/predict/self_check.h"
#include "pomona/storage/place.h"
#include "pomona/storage/read_failure.h"

namespace pomona {
namespace {

// Answers that are kept whatever is to be shown: whether the second is near is reported even so.
constexpr std::size_t kAtLeast = 2;

ExtractSetup setup_of(const Bundle& bundle, const PredictorOptions& options) {
  ExtractSetup setup = extract_setup_of(bundle, workers_or_all(options.workers));
  if (!options.one_at_a_time) return setup;
  setup.featurizer.batch = 1;
  // More than cores: while a slot passes from one request to the next, its core would be idle.
  const std::size_t cores = setup.featurizer.slots;
  setup.featurizer.slots = std::min(cores + cores / 2, kMostWorkers);
  return setup;
}

Bundle checked(Bundle bundle, const PredictorOptions& options) {
  options.check();
  if (bundle.classifier_kind == ClassifierKind::kNone) {
    throw Error(ErrorKind::kInvalidInput,
                "predicting: the bundle holds no classifier, since it was made from photographs "
                "of fewer than two labels");
  }
  return bundle;
}

std::vector<Answer> best_answers(std::span<const double> probabilities, const Bundle& bundle,
                                 std::size_t top) {
  const std::vector<std::string>& labels = bundle.labels;
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return probabilities[i]; });
  order.resize(std::min(order.size(), top));
  std::vector<Answer> answers;
  for (const std::size_t i : order) {
    answers.push_back(
        {labels[i], probabilities[i], std::ranges::binary_search(bundle.studio_only, labels[i])});
  }
  return answers;
}

// These two of several crops together predict nearly as well as all (docs/kinds.md).
std::vector<std::size_t> whole_and_tightest(const Bundle& bundle) {
  const std::vector<Crop> crops = crops_of(bundle);
  const auto tightest = std::ranges::min_element(crops, {}, &Crop::percent) - crops.begin();
  if (tightest == 0) return {0};
  return {0, static_cast<std::size_t>(tightest)};
}

// Photographs mostly lie side by side: a folder is opened once.
class FileReader {
 public:
  explicit FileReader(const StoreOpener& stores) : stores_(stores) {}

  std::string read(const std::string& place) {
    const auto [folder, key] = split_place(place);
    std::shared_ptr<const ObjectStore>& store = folders_[folder];
    if (store == nullptr) store = stores_.open(folder);
    std::string bytes;
    store->read(key, kMaxPhotographBytes, bytes, /*version=*/"");
    return bytes;
  }

 private:
  const StoreOpener& stores_;
  std::map<std::string, std::shared_ptr<const ObjectStore>> folders_;
};

// Waits for what is under way when a request ends in the middle.
class Abandoned {
 public:
  explicit Abandoned(PhotographFeaturizer& featurizer) : featurizer_(featurizer) {}
  ~Abandoned() { featurizer_.abandon(); }
  Abandoned(const Abandoned&) = delete;
  Abandoned& operator=(const Abandoned&) = delete;

 private:
  PhotographFeaturizer& featurizer_;
};

}  // namespace

void PredictorOptions::check() const { check_range("workers", workers, 0, kMostWorkers); }

void PredictOptions::check() const {
  check_range("top", top, 1, kMostAnswers);
  limits.check();
}

std::size_t most_answers(const PredictOptions& options) { return std::max(options.top, kAtLeast); }

struct Predictor::Alone {
  Alone(const ExtractSetup& setup, const std::vector<std::size_t>& crops, const MakeNetworks& make)
      : networks(make(setup)), featurizer(networks, setup, crops, {0}) {}

  CropNetworks networks;
  PhotographFeaturizer featurizer;
};

Predictor::Predictor(Bundle bundle, const PredictorOptions& options, const MakeNetworks& make)
    : bundle_(checked(std::move(bundle), options)),
      catalogue_(read_catalogue(bundle_)),
      setup_(setup_of(bundle_, options)),
      networks_(make(setup_)),
      crops_(options.fast ? whole_and_tightest(bundle_) : networks_.every_crop()),
      rejector_(bundle_),
      pool_(std::make_unique<SlotPool>(networks_.slots())) {
  // One case is enough to notice another kind of machine; `pomona verify` runs them all.
  run_self_check(bundle_, networks_, /*cases=*/1);
  for (std::size_t slot = 0; slot < networks_.slots(); ++slot) {
    featurizers_.push_back(std::make_unique<PhotographFeaturizer>(networks_, setup_, crops_,
                                                                  std::vector<std::size_t>{slot}));
  }
  if (!options.one_at_a_time || networks_.slots() == 1 || crops_.size() > 1) return;
  ExtractSetup on_every_core = setup_;
  on_every_core.featurizer.slots = 1;
  on_every_core.featurizer.threads = workers_or_all(options.workers);
  alone_ = std::make_unique<Alone>(on_every_core, crops_, make);
  run_self_check(bundle_, alone_->networks, /*cases=*/1);
}

Predictor::~Predictor() = default;

std::size_t Predictor::batch_photographs() const {
  const std::size_t batch = networks_.network(0).batch();
  return (batch + crops_.size() - 1) / crops_.size();
}

std::vector<Prediction> Predictor::predict(std::span<const std::string_view> photographs,
                                           const PredictOptions& options) const {
  const auto add = [&](std::size_t number, PhotographFeaturizer& featurizer) {
    return add_photograph(photographs[number], options.limits, featurizer);
  };
  return predict_each(photographs.size(), add, options);
}

std::vector<Prediction> Predictor::predict_photographs(std::span<const Photograph> photographs,
                                                       const PredictOptions& options) const {
  const auto add = [&](std::size_t number, PhotographFeaturizer& featurizer) {
    return add_photograph(photographs[number], options.limits, featurizer);
  };
  return predict_each(photographs.size(), add, options);
}

SlotPool::Lease Predictor::take_slots(std::size_t photographs, const std::stop_token& stop) const {
  if (alone_ != nullptr && photographs == 1) return pool_->take_all_or_one(stop);
  const std::size_t batch = networks_.network(0).batch();
  return pool_->take((photographs * crops_.size() + batch - 1) / batch, stop);
}

// The one that computes so many photographs on these slots.
PhotographFeaturizer& Predictor::featurizer_of(const SlotPool::Lease& lease,
                                               std::size_t photographs) const {
  if (alone_ != nullptr && photographs == 1 && lease.slots().size() == pool_->slots()) {
    return alone_->featurizer;
  }
  PhotographFeaturizer& featurizer = *featurizers_[lease.slots().front()];
  featurizer.use(lease.slots());
  return featurizer;
}

// `add` begins the row of a photograph by its number.
std::vector<Prediction> Predictor::predict_each(std::size_t photographs, const AddNumber& add,
                                                const PredictOptions& options) const {
  options.check();
  std::vector<Prediction> predictions(photographs);
  if (photographs == 0) return predictions;
  const SlotPool::Lease lease = take_slots(photographs, options.stop);
  PhotographFeaturizer& featurizer = featurizer_of(lease, photographs);
  const Abandoned abandoned(featurizer);
  const FeatureQueue::Counts before = featurizer.counts();
  std::vector<std::size_t> read;  // the photographs that could be
  for (std::size_t i = 0; i < photographs; ++i) {
    throw_if_stopped(options.stop);
    const Added added = add(i, featurizer);
    if (!added) {
      predictions[i].failure = {added.error().kind, added.error().message};
      continue;
    }
    read.push_back(i);
    predictions[i].damage = added->damage;
    if (bundle_.reject_option.rate > 0) {
      predictions[i].rejected = rejection_of_picture(picture_quality(added->picture));
    }
  }
  const std::vector<float> rows = featurizer.finish();
  throw_if_stopped(options.stop);
  batches_ += featurizer.counts().batches - before.batches;
  photographs_ += read.size();
  if (!read.empty())
    answer({rows.data(), read.size(), featurizer.row_width()}, read, options, predictions);
  return predictions;
}

// `read`: which of the predictions each row is for.
void Predictor::answer(MatrixView<const float> rows, const std::vector<std::size_t>& read,
                       const PredictOptions& options, std::vector<Prediction>& predictions) const {
  CropMean mean(crops_.size());
  const MatrixView<const float> features = mean.of(rows);
  const Matrix<double> probabilities = classify_features(bundle_, features);
  const std::vector<OodScore> ood_scores = rejector_.ood_scores(features);
  auto varieties = report_varieties(bundle_, features, probabilities.view());
  for (std::size_t i = 0; i < read.size(); ++i) {
    Prediction& prediction = predictions[read[i]];
    if (bundle_.reject_option.rate > 0) prediction.ood_score = ood_scores[i].value;
    if (!prediction.rejected) prediction.rejected = ood_scores[i].rejected;
    prediction.variety = std::move(varieties[i]);
    prediction.answers = best_answers(probabilities.row(i), bundle_, most_answers(options));
  }
}

PredictorCounts Predictor::counts() const { return {photographs_, batches_}; }

std::vector<Prediction> Predictor::predict_files(std::span<const std::string> places,
                                                 const StoreOpener& stores,
                                                 const PredictOptions& options) const {
  std::vector<Prediction> predictions(places.size());
  std::vector<std::string> files;
  std::vector<std::size_t> indices;
  FileReader reader(stores);
  for (std::size_t i = 0; i < places.size(); ++i) {
    try {
      throw_if_stopped(options.stop);
      files.push_back(reader.read(places[i]));
      indices.push_back(i);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      predictions[i].failure = {read_failure_kind(error.kind()), error.what()};
    }
  }
  const std::vector<std::string_view> photographs(files.begin(), files.end());
  std::vector<Prediction> read = predict(photographs, options);
  for (std::size_t i = 0; i < indices.size(); ++i) predictions[indices[i]] = std::move(read[i]);
  return predictions;
}

}  // namespace pomona
