// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/class_map.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/unicode.h"
#include "pomona/csv/written_csv.h"

namespace pomona {
namespace {

constexpr double kLeastWeight = 1e-6;
constexpr double kMostWeight = 1e6;

float parse_weight(const WrittenCsv& csv, const std::string& of_class, const std::string& cell) {
  if (cell.empty()) return 1;
  const std::optional<double> weight = parse_number(cell);
  if (!weight || !(*weight >= kLeastWeight && *weight <= kMostWeight)) {
    csv.refuse("the weight of " + of_class +
               " is no number from 0.000001 to 1000000; write one, or nothing, which is 1");
  }
  return static_cast<float>(*weight);
}

std::string classes_of(const std::string& what) { return "classes " + what; }

std::string in_source(std::string_view source) {
  return source.empty() ? "" : " of source '" + std::string(source) + "'";
}

}  // namespace

ClassMap ClassMap::parse(std::string_view csv, const std::string& what) {
  ClassMap map;
  map.what_ = what;
  map.digest_ = sha256(csv);
  WrittenCsv table(csv, classes_of(what), {"source", "class", "label"});
  const std::size_t source = table.column("source");
  const std::size_t name = table.column("class");
  const std::size_t label = table.column("label");
  const std::optional<std::size_t> weight = table.find_column("weight");
  const std::optional<std::size_t> variety = table.find_column("variety");
  std::vector<std::string> row;
  while (table.next(row)) {
    for (const std::size_t column : {source, name, label}) table.refuse_blanks(row[column]);
    if (row[name].empty()) table.refuse("a row has no class");
    for (const std::size_t column : {source, name, label}) row[column] = to_nfc(row[column]);
    if (!row[source].empty()) map.sources_.insert(row[source]);
    const std::string of_class = "the class '" + row[name] + "'" + in_source(row[source]);
    if (variety) table.refuse_blanks(row[*variety]);
    const Row meaning{row[label], weight ? parse_weight(table, of_class, row[*weight]) : 1,
                      variety ? to_nfc(row[*variety]) : ""};
    if (!map.rows_.emplace(Key(row[name], row[source]), meaning).second) {
      table.refuse(of_class + " has two rows; leave one");
    }
  }
  return map;
}

const ClassMap::Row* ClassMap::find_agreeing(std::string_view source, std::string_view folder,
                                             Matter matter) const {
  const std::string name = to_nfc(folder);
  const auto of_source = [&](std::string_view wanted) -> const Row* {
    const auto row = rows_.find(Key(name, to_nfc(wanted)));
    return row == rows_.end() ? nullptr : &row->second;
  };
  if (const Row* row = of_source(source)) return row;
  if (!source.empty()) return of_source("");
  const auto first = rows_.lower_bound(Key(name, ""));
  for (auto row = first; row != rows_.end() && row->first.first == name; ++row) {
    const Row& one = first->second;
    const Row& other = row->second;
    const bool agree = one.label == other.label &&
                       (matter != Matter::kWeight || one.weight == other.weight) &&
                       (matter != Matter::kVariety || one.variety == other.variety);
    if (!agree) refuse_disagreement(name, one, other, row->first.second);
  }
  return first == rows_.end() || first->first.first != name ? nullptr : &first->second;
}

void ClassMap::refuse_disagreement(std::string_view name, const Row& one, const Row& other,
                                   std::string_view source) const {
  std::string is = "weighs one thing";
  std::string but = "another";
  if (one.label != other.label) {
    is = "is '" + one.label + "'";
    but = "'" + other.label + "'";
  } else if (one.variety != other.variety) {
    is = "is of the variety '" + one.variety + "'";
    but = "'" + other.variety + "'";
  }
  throw Error(ErrorKind::kInvalidInput,
              "reading " + classes_of(what_) + ": the class '" + std::string(name) + "' " + is +
                  " in one source and " + but + " in '" + std::string(source) +
                  "'; give the source of the photographs its name in images");
}

const ClassMap::Row* ClassMap::find(std::string_view source, std::string_view name) const {
  return find_agreeing(source, name, Matter::kLabel);
}

float ClassMap::weight(std::string_view source, std::string_view name) const {
  const Row* row = find_agreeing(source, name, Matter::kWeight);
  return row == nullptr ? 1 : row->weight;
}

std::string_view ClassMap::variety(std::string_view source, std::string_view name) const {
  const Row* row = find_agreeing(source, name, Matter::kVariety);
  return row == nullptr ? std::string_view() : row->variety;
}

std::string_view ClassMap::near_miss(std::string_view folder) const {
  const std::string name = to_nfc(folder);
  const std::string form = to_folded(name);
  for (const auto& [key, row] : rows_) {
    if (key.first != name && to_folded(key.first) == form) return key.first;
  }
  return {};
}

bool ClassMap::has_weights() const {
  return std::ranges::any_of(rows_, [](const auto& row) { return row.second.weight != 1; });
}

bool ClassMap::has_varieties() const {
  return std::ranges::any_of(rows_, [](const auto& row) { return !row.second.variety.empty(); });
}

}  // namespace pomona
