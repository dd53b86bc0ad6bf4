// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/class_map.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/storage/key.h"
#include "pomona/table/csv_reader.h"

namespace pomona {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr double kLeastWeight = 1e-6;
constexpr double kMostWeight = 1e6;

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
  throw Error(ErrorKind::kInvalidInput, "reading --classes " + what + ": " + problem);
}

[[noreturn]] void refuse_columns(const std::string& what, const char* count,
                                 std::string_view name) {
  refuse(what, std::string("there is ") + count + " column '" + std::string(name) +
                   "'; expected a first line that names source, class and label, between commas");
}

std::optional<std::size_t> find_column(const CsvReader& reader, const std::string& what,
                                       std::string_view name) {
  const auto found = std::ranges::find(reader.header(), name);
  if (found == reader.header().end()) return std::nullopt;
  if (std::ranges::count(reader.header(), name) > 1) refuse_columns(what, "more than one", name);
  return static_cast<std::size_t>(found - reader.header().begin());
}

std::size_t needed_column(const CsvReader& reader, const std::string& what, std::string_view name) {
  const auto column = find_column(reader, what, name);
  if (!column) refuse_columns(what, "no", name);
  return *column;
}

// Two labels that look alike would be two kinds.
void refuse_blanks(const std::string& what, const std::string& cell) {
  if (cell.empty() || (cell.front() != ' ' && cell.back() != ' ')) return;
  refuse(what, "'" + cell + "' begins or ends with a blank; take that away");
}

// As spreadsheets and editors write it: with a byte order mark, without an end of the last line.
std::string plain_csv(std::string_view csv) {
  if (csv.starts_with(kByteOrderMark)) csv.remove_prefix(kByteOrderMark.size());
  std::string text(csv);
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

float parse_weight(const std::string& what, const std::string& of_class, const std::string& cell) {
  if (cell.empty()) return 1;
  const std::optional<double> weight = parse_number(cell);
  if (!weight || !(*weight >= kLeastWeight && *weight <= kMostWeight)) {
    refuse(what, "the weight of " + of_class +
                     " is no number from 0.000001 to 1000000; write one, or nothing, which is 1");
  }
  return static_cast<float>(*weight);
}

std::string in_source(std::string_view source) {
  return source.empty() ? "" : " of source '" + std::string(source) + "'";
}

}  // namespace

ClassMap ClassMap::parse(std::string_view csv, const std::string& what) {
  ClassMap map;
  map.what_ = what;
  map.digest_ = sha256(csv);
  const std::string text = plain_csv(csv);
  if (!is_utf8(text)) refuse(what, "it is not UTF-8; save it so, as spreadsheets offer it for CSV");
  try {
    CsvReader reader(text, what);
    const std::size_t source = needed_column(reader, what, "source");
    const std::size_t name = needed_column(reader, what, "class");
    const std::size_t label = needed_column(reader, what, "label");
    const std::optional<std::size_t> weight = find_column(reader, what, "weight");
    const std::optional<std::size_t> variety = find_column(reader, what, "variety");
    std::vector<std::string> row;
    while (reader.next(row)) {
      for (const std::size_t column : {source, name, label}) refuse_blanks(what, row[column]);
      if (row[name].empty()) refuse(what, "a row has no class");
      if (!row[source].empty()) map.sources_.insert(row[source]);
      const std::string of_class = "the class '" + row[name] + "'" + in_source(row[source]);
      if (variety) refuse_blanks(what, row[*variety]);
      const Row meaning{row[label], weight ? parse_weight(what, of_class, row[*weight]) : 1,
                        variety ? row[*variety] : ""};
      if (!map.rows_.emplace(Key(row[name], row[source]), meaning).second) {
        refuse(what, of_class + " has two rows; leave one");
      }
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCorrupt) throw;
    throw Error(ErrorKind::kInvalidInput, error.what());
  }
  return map;
}

const ClassMap::Row* ClassMap::find_agreeing(std::string_view source, std::string_view name,
                                             Matter matter) const {
  const auto of_source = [&](std::string_view wanted) -> const Row* {
    const auto row = rows_.find(Key(std::string(name), std::string(wanted)));
    return row == rows_.end() ? nullptr : &row->second;
  };
  if (const Row* row = of_source(source)) return row;
  if (!source.empty()) return of_source("");
  const auto first = rows_.lower_bound(Key(std::string(name), ""));
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
  refuse(what_, "the class '" + std::string(name) + "' " + is + " in one source and " + but +
                    " in '" + std::string(source) +
                    "'; say which source the photographs are from, as in SOURCE=FOLDER");
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

bool ClassMap::has_weights() const {
  return std::ranges::any_of(rows_, [](const auto& row) { return row.second.weight != 1; });
}

bool ClassMap::has_varieties() const {
  return std::ranges::any_of(rows_, [](const auto& row) { return !row.second.variety.empty(); });
}

}  // namespace pomona
