// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/labeller.h"

#include "pomona/base/error.h"
#include "pomona/base/unicode.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

std::string list_of_sources(const ClassMap& map) {
  std::string list;
  for (const std::string& source : map.sources())
    list += (list.empty() ? "'" : ", '") + source + "'";
  return list.empty() ? "none" : list;
}

}  // namespace

Labeller::Named Labeller::name(Split split, std::string_view key) const {
  Named named;
  if (!rule_.sources(split).empty()) {
    const std::size_t slash = key.find('/');
    named.source = key.substr(0, slash);
    key.remove_prefix(slash + 1);
  }
  named.folder = parent_name(key);
  return named;
}

std::optional<std::string_view> Labeller::label(Split split, std::string_view key) {
  const Named named = name(split, key);
  if (!rule_.classes || named.folder.empty()) {
    composed_ = to_nfc(named.folder);
    return composed_;
  }
  const ClassMap::Row* row = rule_.classes->find(named.source, named.folder);
  if (row == nullptr) unknown_.emplace(named.source, named.folder);
  if (row == nullptr || row->label.empty()) return std::nullopt;
  return row->label;
}

float Labeller::weight(Split split, std::string_view key) const {
  const Named named = name(split, key);
  return rule_.classes ? rule_.classes->weight(named.source, named.folder) : 1;
}

std::string_view Labeller::variety(Split split, std::string_view key) const {
  const Named named = name(split, key);
  return rule_.classes ? rule_.classes->variety(named.source, named.folder) : std::string_view();
}

void Labeller::refuse_unknown() const {
  if (unknown_.empty() || !rule_.classes) return;
  std::string names;
  std::string advice = "add a row for each, with an empty label where a class is to be left out";
  for (const auto& [source, name] : unknown_) {
    if (!source.empty() && !rule_.classes->sources().contains(to_nfc(source))) {
      advice = "it has no source '" + source + "', but these: " + list_of_sources(*rule_.classes) +
               "; give the photographs' source that name in images";
    }
    names += (names.empty() ? "'" : ", '") + name + "'";
    if (!source.empty()) names += " of " + source;
    if (const std::string_view near = rule_.classes->near_miss(name); !near.empty()) {
      names += " (but for '" + std::string(near) + "')";
    }
  }
  throw Error(ErrorKind::kInvalidInput,
              "labelling photographs by " + rule_.classes->what() + ": it has no row for the " +
                  (unknown_.size() == 1 ? "class " : "classes ") + names + "; " + advice);
}

}  // namespace pomona
