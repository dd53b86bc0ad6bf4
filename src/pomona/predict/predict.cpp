// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/predict.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/features/feature_queue.h"
#include "pomona/features/view_mean.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/picture_quality.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/classify_features.h"
#include "pomona/predict/self_check.h"
#include "pomona/storage/place.h"
#include "pomona/storage/read_failure.h"

namespace pomona {
namespace {

// A second answer with at least this share of the first one's probability is named beside it.
constexpr double kCloseShare = 0.5;
// Answers that are kept whatever is to be shown: whether the second is near is told even so.
constexpr std::size_t kAtLeast = 2;
// One thread decodes for all of them.
constexpr std::size_t kMostSlots = 4;

Bundle checked(Bundle bundle) {
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

Json kind_json(const Answer& answer, const Catalogue& catalogue, Language language) {
  const Kind* kind = catalogue.find(answer.label);
  return {{"id", answer.label},
          {"name", kind != nullptr ? kind->name.in(language) : answer.label},
          {"scientific_name", kind != nullptr ? Json(kind->scientific_name) : Json(nullptr)},
          {"family", kind != nullptr ? Json(kind->family) : Json(nullptr)},
          {"probability", answer.probability},
          {"studio_only", answer.studio_only}};
}

Json variety_json(const VarietyAnswer& answer, const std::string& kind, const Catalogue& catalogue,
                  Language language) {
  const Variety* variety = catalogue.find_variety(kind, answer.name);
  return {{"id", answer.name},
          {"name", variety != nullptr ? variety->name.in(language) : answer.name},
          {"probability", answer.probability},
          {"told_by", variety != nullptr ? Json(variety->told_by.in(language)) : Json(nullptr)}};
}

// The second answer, where it is so near that the first may well be wrong.
Json confusable_json(const std::vector<Answer>& answers, const Catalogue& catalogue,
                     Language language) {
  if (answers.size() < 2 || answers[1].probability < kCloseShare * answers[0].probability) {
    return nullptr;
  }
  const Text* difference = catalogue.difference(answers[0].label, answers[1].label);
  return {{"id", answers[1].label},
          {"name", kind_json(answers[1], catalogue, language).at("name")},
          {"difference", difference != nullptr ? Json(difference->in(language)) : Json(nullptr)}};
}

// Citations stay as they are; what says that there is none is a text like others.
std::string source_in(const std::string& source, Language language) {
  const bool unchecked = source == "general knowledge, not checked";
  return unchecked && language == Language::kFrench ? "culture générale, non vérifié" : source;
}

Json facts_json(const Kind& kind, Language language) {
  Json facts = Json::array();
  const auto add = [&](const char* topic, const Text& text, const Json& source) {
    facts.push_back({{"topic", topic}, {"text", text.in(language)}, {"source", source}});
  };
  add("part", kind.part, nullptr);
  add("origin", kind.origin, nullptr);
  for (std::size_t i = 0; i < kind.facts.size(); ++i) {
    add(i == 0 ? "biodiversity" : "more", kind.facts[i].text,
        source_in(kind.facts[i].source, language));
  }
  for (const Text& caution : kind.cautions) add("caution", caution, nullptr);
  return facts;
}

// Of several views these two together answer nearly as all do (docs/kinds.md).
std::vector<std::size_t> whole_and_nearest(const Bundle& bundle) {
  const std::vector<View> views = views_of(bundle);
  const auto nearest = std::ranges::min_element(views, {}, &View::percent) - views.begin();
  if (nearest == 0) return {0};
  return {0, static_cast<std::size_t>(nearest)};
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

}  // namespace

Predictor::Predictor(Bundle bundle, bool fast)
    : bundle_(checked(std::move(bundle))),
      catalogue_(read_catalogue(bundle_)),
      networks_(make_networks(extract_setup_of(bundle_, std::min(workers_or_all(0), kMostSlots)))),
      views_(fast ? whole_and_nearest(bundle_) : networks_.every_view()),
      preprocessor_(make_preprocessor(bundle_)),
      refuser_(bundle_) {
  // One case is enough to notice another kind of machine; `pomona verify` runs them all.
  run_self_check(bundle_, networks_, /*cases=*/1);
}

std::vector<Prediction> Predictor::predict(const std::vector<std::string>& photographs,
                                           std::size_t top) {
  std::vector<Prediction> predictions(photographs.size());
  std::vector<std::size_t> read;  // the photographs that could be
  FeatureQueue queue(networks_, views_, {.first = 0, .count = networks_.slots()});
  Image image;
  DecodeOptions options;
  options.target_side = preprocessor_.decoded_side();
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    const auto decoded = decoder_.decode(photographs[i], options, image);
    if (!decoded) {
      predictions[i].failure = {std::string(decode_failure_name(decoded.error().kind)),
                                decoded.error().message};
      continue;
    }
    read.push_back(i);
    if (bundle_.refusal.share > 0) {
      predictions[i].refused = refusal_of_picture(picture_quality(image));
    }
    queue.add_row(image, preprocessor_);
  }
  const std::vector<float> all_views = queue.finish();
  if (read.empty()) return predictions;
  ViewMean mean(views_.size());
  const MatrixView<const float> features =
      mean.of({all_views.data(), read.size(), queue.row_width()});
  const Matrix<double> probabilities = classify_features(bundle_, features);
  const std::vector<Strangeness> strangeness = refuser_.strangeness(features);
  auto varieties = tell_varieties(bundle_, features, probabilities.view());
  for (std::size_t i = 0; i < read.size(); ++i) {
    Prediction& prediction = predictions[read[i]];
    if (bundle_.refusal.share > 0) prediction.strangeness = strangeness[i].value;
    if (!prediction.refused) prediction.refused = strangeness[i].refused;
    prediction.variety = std::move(varieties[i]);
    prediction.answers = best_answers(probabilities.row(i), bundle_, std::max(top, kAtLeast));
  }
  return predictions;
}

std::vector<Prediction> Predictor::predict_files(std::span<const std::string> places,
                                                 const StoreOpener& stores, std::size_t top) {
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

Catalogue read_catalogue(const Bundle& bundle) {
  if (bundle.catalogue.empty()) return {};
  try {
    return Catalogue::parse(bundle.catalogue, "of the bundle");
  } catch (const Error& error) {
    throw Error(ErrorKind::kCorrupt, std::string(error.what()) + "; get the bundle anew");
  }
}

Bundle open_bundle(const std::string& place, const std::string& models, const StoreOpener& stores) {
  const std::shared_ptr<const ObjectStore> store = stores.open(place);
  Bundle bundle = read_bundle(*store, store->exists("bundle.json") ? "" : "bundle");
  find_network(bundle, models);
  return bundle;
}

Json prediction_json(const std::string& path, const Prediction& prediction,
                     const Catalogue& catalogue, Language language, std::size_t top) {
  Json object = {{"path", path},           {"refused", nullptr},    {"strangeness", nullptr},
                 {"kinds", Json::array()}, {"confusable", nullptr}, {"variety", nullptr},
                 {"facts", Json::array()}};
  if (prediction.failure) {
    object["refused"] = "unreadable";
    object["failure"] = {{"kind", prediction.failure->kind},
                         {"message", prediction.failure->message}};
    return object;
  }
  if (prediction.strangeness) object["strangeness"] = *prediction.strangeness;
  for (const Answer& answer :
       std::span(prediction.answers).first(std::min(top, prediction.answers.size()))) {
    object["kinds"].push_back(kind_json(answer, catalogue, language));
  }
  if (prediction.refused) {
    object["refused"] = refusal_reason_name(*prediction.refused);
    return object;
  }
  object["confusable"] = confusable_json(prediction.answers, catalogue, language);
  const std::string& first = prediction.answers.front().label;
  if (prediction.variety) {
    object["variety"] = variety_json(*prediction.variety, first, catalogue, language);
  }
  if (const Kind* kind = catalogue.find(first)) {
    object["facts"] = facts_json(*kind, language);
  }
  return object;
}

}  // namespace pomona
