// SPDX-License-Identifier: Apache-2.0
#include "pomona/catalogue/catalogue.h"

#include <algorithm>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/unicode.h"

namespace pomona {
namespace {

constexpr int kCatalogueFormat = 1;

Json text_json(const Text& text) { return {{"en", text.en}, {"fr", text.fr}}; }

Text parse_text(const Json& json) {
  Text text{json.at("en").get<std::string>(), json.at("fr").get<std::string>()};
  if (text.en.empty() || text.fr.empty()) {
    throw Error(ErrorKind::kInvalidInput, "a text is empty; expected English and French");
  }
  return text;
}

Json kind_json(const Kind& kind) {
  Json cautions = Json::array();
  for (const Text& caution : kind.cautions) cautions.push_back(text_json(caution));
  Json facts = Json::array();
  for (const Fact& fact : kind.facts) {
    Json json = text_json(fact.text);
    json["source"] = fact.source;
    facts.push_back(std::move(json));
  }
  return {{"id", kind.id},
          {"name", text_json(kind.name)},
          {"scientific_name", kind.scientific_name},
          {"family", kind.family},
          {"part", text_json(kind.part)},
          {"origin", text_json(kind.origin)},
          {"cautions", std::move(cautions)},
          {"facts", std::move(facts)}};
}

Kind parse_kind(const Json& json) {
  Kind kind;
  kind.id = to_nfc(json.at("id").get<std::string>());
  kind.name = parse_text(json.at("name"));
  kind.scientific_name = json.at("scientific_name").get<std::string>();
  kind.family = json.at("family").get<std::string>();
  kind.part = parse_text(json.at("part"));
  kind.origin = parse_text(json.at("origin"));
  for (const Json& caution : json.at("cautions")) kind.cautions.push_back(parse_text(caution));
  for (const Json& fact : json.at("facts")) {
    kind.facts.push_back({parse_text(fact), fact.at("source").get<std::string>()});
  }
  return kind;
}

Json variety_json(const Variety& variety) {
  return {{"kind", variety.kind},
          {"id", variety.id},
          {"name", text_json(variety.name)},
          {"distinguished_by", text_json(variety.distinguished_by)}};
}

Variety parse_variety(const Json& json) {
  return {to_nfc(json.at("kind").get<std::string>()), to_nfc(json.at("id").get<std::string>()),
          parse_text(json.at("name")), parse_text(json.at("distinguished_by"))};
}

std::pair<std::string, std::string> in_order(std::string_view one, std::string_view other) {
  const auto [first, second] = std::minmax(one, other);
  return {std::string(first), std::string(second)};
}

// What an entry is called in an error: its id, as far as it has one.
std::string name_of(const Json& entry) {
  for (const char* key : {"id", "kinds"}) {
    if (entry.is_object() && entry.contains(key)) return entry.at(key).dump();
  }
  return "without a name";
}

[[noreturn]] void refuse_second() { throw Error(ErrorKind::kInvalidInput, "there are two of it"); }

// Runs `parse` on every entry of an array; what goes wrong names the file and the entry.
template <class Parse>
void parse_entries(const Json& json, const char* array, const std::string& what,
                   const Parse& parse) {
  for (const Json& entry : json.at(array)) {
    try {
      parse(entry);
    } catch (const std::exception& error) {
      throw Error(ErrorKind::kInvalidInput, "reading the catalogue " + what + ", entry " +
                                                name_of(entry) + " of " + array + ": " +
                                                error.what());
    }
  }
}

}  // namespace

Language language_from_name(std::string_view name) {
  if (name == "en") return Language::kEnglish;
  if (name == "fr") return Language::kFrench;
  throw Error(ErrorKind::kInvalidInput,
              "choosing a language: expected en or fr, found '" + std::string(name) + "'");
}

Catalogue Catalogue::parse(std::string_view text, const std::string& what) {
  Catalogue catalogue;
  catalogue.digest_ = sha256(text);
  try {
    const Json json = Json::parse(text);
    if (json.at("format") != kCatalogueFormat) {
      throw Error(ErrorKind::kInvalidInput, "reading the catalogue " + what +
                                                ": expected format 1, found " +
                                                json.at("format").dump());
    }
    parse_entries(json, "kinds", what, [&](const Json& entry) {
      Kind kind = parse_kind(entry);
      std::string id = kind.id;
      if (!catalogue.kinds_.emplace(std::move(id), std::move(kind)).second) refuse_second();
    });
    // Catalogues of bundles without varieties lack them.
    if (json.contains("varieties")) {
      parse_entries(json, "varieties", what, [&](const Json& entry) {
        Variety variety = parse_variety(entry);
        if (!catalogue.kinds_.contains(variety.kind)) {
          throw Error(ErrorKind::kInvalidInput, "there is no kind '" + variety.kind + "'");
        }
        VarietyId id(variety.kind, variety.id);
        if (!catalogue.varieties_.emplace(std::move(id), std::move(variety)).second) {
          refuse_second();
        }
      });
    }
    parse_entries(json, "lookalikes", what, [&](const Json& entry) {
      const auto ids = entry.at("kinds").get<Pair>();
      catalogue.differences_[in_order(to_nfc(ids.first), to_nfc(ids.second))] =
          parse_text(entry.at("difference"));
    });
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kInvalidInput, "reading the catalogue " + what + ": " + error.what());
  }
  return catalogue;
}

std::string Catalogue::print(const std::vector<std::string>& ids,
                             const std::set<VarietyId>& varieties) const {
  const auto wanted = [&](const std::string& id) {
    return std::ranges::find(ids, id) != ids.end();
  };
  Json kinds = Json::array();
  for (const auto& [id, kind] : kinds_) {
    if (wanted(id)) kinds.push_back(kind_json(kind));
  }
  Json lookalikes = Json::array();
  for (const auto& [pair, difference] : differences_) {
    if (!wanted(pair.first) || !wanted(pair.second)) continue;
    lookalikes.push_back(
        {{"kinds", {pair.first, pair.second}}, {"difference", text_json(difference)}});
  }
  Json printed = {{"format", kCatalogueFormat},
                  {"kinds", std::move(kinds)},
                  {"lookalikes", std::move(lookalikes)}};
  for (const auto& [id, variety] : varieties_) {
    if (varieties.contains(id)) printed["varieties"].push_back(variety_json(variety));
  }
  return print_json(printed);
}

const Kind* Catalogue::find(std::string_view id) const {
  const auto found = kinds_.find(id);
  return found == kinds_.end() ? nullptr : &found->second;
}

const Variety* Catalogue::find_variety(std::string_view kind, std::string_view id) const {
  const auto found = varieties_.find(VarietyId(kind, id));
  return found == varieties_.end() ? nullptr : &found->second;
}

const Text* Catalogue::difference(std::string_view one, std::string_view other) const {
  const auto found = differences_.find(in_order(one, other));
  return found == differences_.end() ? nullptr : &found->second;
}

}  // namespace pomona
