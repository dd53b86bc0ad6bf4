// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/predict.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/pipeline/bundle_network.h"
#include "pomona/pipeline/classify_features.h"
#include "pomona/pipeline/read_photograph.h"
#include "pomona/pipeline/self_check.h"

namespace pomona {
namespace {

Bundle checked(Bundle bundle) {
  if (bundle.classifier_kind == ClassifierKind::kNone) {
    throw Error(ErrorKind::kInvalidInput,
                "predicting: the bundle holds no classifier, since it was made from photographs "
                "of fewer than two labels");
  }
  return bundle;
}

std::vector<Answer> best_answers(std::span<const double> probabilities,
                                 const std::vector<std::string>& labels, std::size_t top) {
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return probabilities[i]; });
  order.resize(std::min(order.size(), top));
  std::vector<Answer> answers;
  for (const std::size_t i : order) answers.push_back({labels[i], probabilities[i]});
  return answers;
}

// Photographs mostly lie side by side: a folder is opened once.
class FileReader {
 public:
  explicit FileReader(const StoreOptions& stores) : stores_(stores) {}

  std::string read(const std::string& place) {
    const auto [folder, key] = split_place(place);
    std::shared_ptr<const ObjectStore>& store = folders_[folder];
    if (store == nullptr) store = open_store(folder, stores_);
    std::string bytes;
    store->read(key, kMaxPhotographBytes, bytes, /*version=*/"");
    return bytes;
  }

 private:
  const StoreOptions& stores_;
  std::map<std::string, std::shared_ptr<const ObjectStore>> folders_;
};

}  // namespace

Predictor::Predictor(Bundle bundle)
    : bundle_(checked(std::move(bundle))),
      featurizer_(make_featurizer(bundle_, /*slots=*/1)),
      preprocessor_(backbone_spec_of(bundle_), bundle_.size, fit_from_name(bundle_.fit)) {
  // One case is enough to notice another kind of machine; `pomona verify` runs them all.
  run_self_check(bundle_, *featurizer_, /*cases=*/1);
}

std::vector<Prediction> Predictor::predict(const std::vector<std::string>& photographs,
                                           std::size_t top) {
  std::vector<Prediction> predictions(photographs.size());
  std::vector<std::size_t> waiting;
  const auto answer_batch = [&] {
    featurizer_->submit(0);
    const MatrixView<const float> features = featurizer_->collect(0);
    const Matrix<double> probabilities =
        classify_features(bundle_, features.rows_from(0, waiting.size()));
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      predictions[waiting[i]].answers = best_answers(probabilities.row(i), bundle_.labels, top);
    }
    waiting.clear();
  };

  Image image;
  DecodeOptions options;
  options.target_side = bundle_.size;
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    const auto decoded = decoder_.decode(photographs[i], options, image);
    if (!decoded) {
      predictions[i].failure = {std::string(decode_failure_name(decoded.error().kind)),
                                decoded.error().message};
      continue;
    }
    preprocessor_.fill(image, featurizer_->input(0, waiting.size()));
    waiting.push_back(i);
    if (waiting.size() == featurizer_->batch()) answer_batch();
  }
  if (!waiting.empty()) answer_batch();
  return predictions;
}

std::vector<Prediction> Predictor::predict_files(std::span<const std::string> places,
                                                 const StoreOptions& stores, std::size_t top) {
  std::vector<Prediction> predictions(places.size());
  std::vector<std::string> photographs;
  std::vector<std::size_t> indices;
  FileReader files(stores);
  for (std::size_t i = 0; i < places.size(); ++i) {
    try {
      photographs.push_back(files.read(places[i]));
      indices.push_back(i);
    } catch (const Error& error) {
      predictions[i].failure = {read_failure_kind(error.kind()), error.what()};
    }
  }
  std::vector<Prediction> read = predict(photographs, top);
  for (std::size_t i = 0; i < indices.size(); ++i) predictions[indices[i]] = std::move(read[i]);
  return predictions;
}

Bundle open_bundle(const std::string& place, const StoreOptions& stores) {
  const std::shared_ptr<const ObjectStore> store = open_store(place, stores);
  return read_bundle(*store, store->exists("bundle.json") ? "" : "bundle");
}

Json prediction_json(const std::string& path, const Prediction& prediction) {
  Json object = {{"path", path}};
  if (prediction.failure) {
    object["failure"] = {{"kind", prediction.failure->kind},
                         {"message", prediction.failure->message}};
    return object;
  }
  object["answers"] = Json::array();
  for (const Answer& answer : prediction.answers) {
    object["answers"].push_back({{"label", answer.label}, {"probability", answer.probability}});
  }
  return object;
}

}  // namespace pomona
