// SPDX-License-Identifier: Apache-2.0
// From the key of a photograph to its label: by its folder, or by what a class map makes of it.
// Labels are in NFC, so that a folder copied from a Mac has the label of any other; keys stay as
// they are.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/dataset/class_map.h"
#include "pomona/dataset/manifest.h"

namespace pomona {

struct LabelRule {
  // None: the label of a photograph is the name of its folder.
  std::optional<ClassMap> classes = std::nullopt;
  // Where these are given, the first part of a key names the source of the photograph.
  std::vector<std::string> train_sources = {};
  std::vector<std::string> test_sources = {};

  const std::vector<std::string>& sources(Split split) const {
    return split == Split::kTest ? test_sources : train_sources;
  }
};

// Used by one thread; the rule must outlive it.
class Labeller {
 public:
  explicit Labeller(const LabelRule& rule) : rule_(rule) {}

  // In NFC, valid until the next call. "" for a photograph in no folder, none where its class is
  // dropped or the map does not know it.
  std::optional<std::string_view> label(Split split, std::string_view key);
  // How much such a photograph weighs when a classifier learns from it.
  float weight(Split split, std::string_view key) const;
  // Of which variety of its label it is; "": not known.
  std::string_view variety(Split split, std::string_view key) const;
  // Throws invalid_input that lists all classes the map did not know.
  void refuse_unknown() const;

 private:
  struct Named {
    std::string_view source;
    std::string_view folder;
  };
  Named name(Split split, std::string_view key) const;

  const LabelRule& rule_;
  std::string composed_;                                   // the label given last
  std::set<std::pair<std::string, std::string>> unknown_;  // source and class
};

}  // namespace pomona
