// SPDX-License-Identifier: Apache-2.0
// What classes of photographs are to be called: folders of several sources, named each in its own
// way, become the labels of one model. Copies share nothing; reading one is safe from any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pomona {

class ClassMap {
 public:
  // Classes, labels and varieties are compared in NFC, however a file system writes them.
  // The file of --classes: CSV with the columns `source`, `class` and `label`, perhaps `weight` and
  // `variety`, and others that are passed over. A row without a source holds for every source that
  // has no row of its own for the class; one without a label drops the class; one without a weight
  // weighs 1.
  // Throws invalid_input, naming `what`, for missing columns, a row without a class, two rows for
  // one class of one source, a weight that is no number above 0, blanks around a word, or text that
  // is not UTF-8.
  static ClassMap parse(std::string_view csv, const std::string& what);

  struct Row {
    std::string label;    // "": the class is dropped
    float weight = 1;     // of each of its photographs, for a classifier that learns from them
    std::string variety;  // of the label; "": none is known
  };

  // None where the map does not know the class. Photographs without a source take the row of any,
  // as long as all agree on the label; throws invalid_input where not.
  const Row* find(std::string_view source, std::string_view name) const;
  // Of a class it does not know 1 and "". Photographs without a source need rows that agree here
  // too.
  float weight(std::string_view source, std::string_view name) const;
  std::string_view variety(std::string_view source, std::string_view name) const;

  // A class with a row that differs from `folder` in case, blanks, hyphens and underscores alone;
  // "": there is none.
  std::string_view near_miss(std::string_view folder) const;

  // Whether some row weighs another than 1.
  bool has_weights() const;
  // Whether some row names a variety.
  bool has_varieties() const;

  // Those that have rows of their own.
  const std::set<std::string>& sources() const { return sources_; }
  // What errors call it.
  const std::string& what() const { return what_; }
  // SHA-256 of its text.
  const std::string& digest() const { return digest_; }

 private:
  enum class Matter { kLabel, kWeight, kVariety };
  // `matter`: what rows must agree on besides the label.
  const Row* find_agreeing(std::string_view source, std::string_view folder, Matter matter) const;
  [[noreturn]] void refuse_disagreement(std::string_view name, const Row& one, const Row& other,
                                        std::string_view source) const;

  using Key = std::pair<std::string, std::string>;  // class, source

  std::string what_;
  std::string digest_;
  std::set<std::string> sources_;
  std::map<Key, Row, std::less<>> rows_;
};

}  // namespace pomona
