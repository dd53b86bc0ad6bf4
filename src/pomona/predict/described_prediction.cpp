// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/described_prediction.h"

#include <algorithm>
#include <span>
#include <utility>

namespace pomona {
namespace {

// A second answer with at least this share of the first one's probability is named beside it.
constexpr double kCloseShare = 0.5;

DescribedKind describe_kind(const Answer& answer, const Catalogue& catalogue, Language language) {
  DescribedKind described{answer.label, answer.label,       std::nullopt,
                          std::nullopt, answer.probability, answer.studio_only};
  if (const Kind* kind = catalogue.find(answer.label)) {
    described.name = kind->name.in(language);
    described.scientific_name = kind->scientific_name;
    described.family = kind->family;
  }
  return described;
}

DescribedVariety describe_variety(const VarietyAnswer& answer, const std::string& kind,
                                  const Catalogue& catalogue, Language language) {
  DescribedVariety described{answer.name, answer.name, answer.probability, std::nullopt};
  if (const Variety* variety = catalogue.find_variety(kind, answer.name)) {
    described.name = variety->name.in(language);
    described.distinguished_by = variety->distinguished_by.in(language);
  }
  return described;
}

std::optional<Confusable> find_confusable(const std::vector<Answer>& answers,
                                          const Catalogue& catalogue, Language language) {
  if (answers.size() < 2 || answers[1].probability < kCloseShare * answers[0].probability) {
    return std::nullopt;
  }
  Confusable other{answers[1].label, describe_kind(answers[1], catalogue, language).name,
                   std::nullopt};
  if (const Text* difference = catalogue.difference(answers[0].label, answers[1].label)) {
    other.difference = difference->in(language);
  }
  return other;
}

// Citations stay as they are; what says that there is none is a text like others.
std::string source_in(const std::string& source, Language language) {
  const bool unchecked = source == "general knowledge, not checked";
  return unchecked && language == Language::kFrench ? "culture générale, non vérifié" : source;
}

std::vector<DescribedFact> facts_of(const Kind& kind, Language language) {
  std::vector<DescribedFact> facts = {{"part", kind.part.in(language), std::nullopt},
                                      {"origin", kind.origin.in(language), std::nullopt}};
  for (std::size_t i = 0; i < kind.facts.size(); ++i) {
    facts.push_back({i == 0 ? "biodiversity" : "more", kind.facts[i].text.in(language),
                     source_in(kind.facts[i].source, language)});
  }
  for (const Text& caution : kind.cautions) {
    facts.push_back({"caution", caution.in(language), std::nullopt});
  }
  return facts;
}

template <class Value>
Json value_or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json kind_json(const DescribedKind& kind) {
  return {{"id", kind.id},
          {"name", kind.name},
          {"scientific_name", value_or_null(kind.scientific_name)},
          {"family", value_or_null(kind.family)},
          {"probability", kind.probability},
          {"studio_only", kind.studio_only}};
}

Json variety_json(const DescribedVariety& variety) {
  return {{"id", variety.id},
          {"name", variety.name},
          {"probability", variety.probability},
          {"distinguished_by", value_or_null(variety.distinguished_by)}};
}

Json confusable_json(const Confusable& other) {
  return {{"id", other.id}, {"name", other.name}, {"difference", value_or_null(other.difference)}};
}

Json fact_json(const DescribedFact& fact) {
  return {{"topic", fact.topic}, {"text", fact.text}, {"source", value_or_null(fact.source)}};
}

}  // namespace

DescribedPrediction describe_prediction(const std::string& path, const Prediction& prediction,
                                        const Catalogue& catalogue, Language language,
                                        std::size_t top) {
  DescribedPrediction described;
  described.path = path;
  described.failure = prediction.failure;
  if (prediction.failure) return described;
  described.damage = prediction.damage;
  described.ood_score = prediction.ood_score;
  for (const Answer& answer :
       std::span(prediction.answers).first(std::min(top, prediction.answers.size()))) {
    described.kinds.push_back(describe_kind(answer, catalogue, language));
  }
  if (prediction.rejected) {
    described.rejected = rejection_reason_name(*prediction.rejected);
    return described;
  }
  described.confusable = find_confusable(prediction.answers, catalogue, language);
  const std::string& first = prediction.answers.front().label;
  if (prediction.variety) {
    described.variety = describe_variety(*prediction.variety, first, catalogue, language);
  }
  if (const Kind* kind = catalogue.find(first)) described.facts = facts_of(*kind, language);
  return described;
}

Json prediction_json(const DescribedPrediction& prediction) {
  Json kinds = Json::array();
  for (const DescribedKind& kind : prediction.kinds) kinds.push_back(kind_json(kind));
  Json facts = Json::array();
  for (const DescribedFact& fact : prediction.facts) facts.push_back(fact_json(fact));
  Json json = {
      {"path", prediction.path},
      {"refused", prediction.failure ? Json("unreadable") : value_or_null(prediction.rejected)},
      {"ood_score", value_or_null(prediction.ood_score)},
      {"kinds", std::move(kinds)},
      {"confusable",
       prediction.confusable ? confusable_json(*prediction.confusable) : Json(nullptr)},
      {"variety", prediction.variety ? variety_json(*prediction.variety) : Json(nullptr)},
      {"facts", std::move(facts)}};
  if (prediction.damage > 0) json["damage"] = prediction.damage;
  if (prediction.failure) {
    json["failure"] = {{"kind", prediction.failure->kind},
                       {"message", prediction.failure->message}};
  }
  return json;
}

}  // namespace pomona
