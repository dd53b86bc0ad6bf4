// SPDX-License-Identifier: Apache-2.0
// What is known about kinds of fruit, in English and French: the file catalogue/kinds.json, or the
// part of it that a bundle carries. Immutable once parsed; any thread may read it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pomona {

enum class Language { kEnglish, kFrench };
Language language_from_name(std::string_view name);  // "en", "fr"; throws invalid_input

struct Text {
  std::string en;
  std::string fr;

  const std::string& in(Language language) const { return language == Language::kFrench ? fr : en; }
};

struct Fact {
  Text text;
  std::string source;  // a citation
};

struct Kind {
  std::string id;  // a label of a bundle
  Text name;
  std::string scientific_name;
  std::string family;
  Text part;    // of the plant
  Text origin;  // where the plant comes from
  std::vector<Text> cautions;
  std::vector<Fact> facts;  // the first is about biodiversity
};

struct Variety {
  std::string kind;       // its id
  std::string id;         // as --classes names it
  Text name;              // as one sees it in shops
  Text distinguished_by;  // what one can see
};

class Catalogue {
 public:
  // Ids of a kind and of one of its varieties.
  using VarietyId = std::pair<std::string, std::string>;

  // The text of a file as docs/formats.md describes it. Throws invalid_input that names `what` and
  // the entry that is not so.
  static Catalogue parse(std::string_view text, const std::string& what);
  // The part of it about these kinds and varieties, as parse() takes it; what it does not know is
  // passed over.
  std::string print(const std::vector<std::string>& ids,
                    const std::set<VarietyId>& varieties = {}) const;

  // SHA-256 of its text.
  const std::string& digest() const { return digest_; }
  // None: nullptr.
  const Kind* find(std::string_view id) const;
  const Variety* find_variety(std::string_view kind, std::string_view id) const;
  // How two kinds differ to the eye, whichever is named first; nullptr where nothing is known.
  const Text* difference(std::string_view one, std::string_view other) const;

 private:
  using Pair = std::pair<std::string, std::string>;

  std::string digest_;
  std::map<std::string, Kind, std::less<>> kinds_;
  std::map<VarietyId, Variety> varieties_;
  std::map<Pair, Text> differences_;  // ids in byte order
};

}  // namespace pomona
