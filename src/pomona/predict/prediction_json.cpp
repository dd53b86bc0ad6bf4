// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/prediction_json.h"

#include <algorithm>
#include <span>

namespace pomona {
namespace {

// A second answer with at least this share of the first one's probability is named beside it.
constexpr double kCloseShare = 0.5;

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

}  // namespace

Json prediction_json(const std::string& path, const Prediction& prediction,
                     const Catalogue& catalogue, Language language, std::size_t top) {
  Json object = {{"path", path},           {"refused", nullptr},    {"strangeness", nullptr},
                 {"kinds", Json::array()}, {"confusable", nullptr}, {"variety", nullptr},
                 {"facts", Json::array()}};
  if (prediction.damage > 0) object["damage"] = prediction.damage;
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
