// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/class_map.h"

#include <algorithm>
#include <vector>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/table/csv_reader.h"

namespace pomona {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
  throw Error(ErrorKind::kInvalidInput, "reading --classes " + what + ": " + problem);
}

std::size_t find_column(const CsvReader& reader, const std::string& what, std::string_view name) {
  const auto found = std::ranges::find(reader.header(), name);
  if (std::ranges::count(reader.header(), name) != 1) {
    refuse(what, std::string("there is ") +
                     (found == reader.header().end() ? "no" : "more than one") + " column '" +
                     std::string(name) +
                     "'; expected a first line that names source, class and label, between commas");
  }
  return static_cast<std::size_t>(found - reader.header().begin());
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
    const std::size_t source = find_column(reader, what, "source");
    const std::size_t name = find_column(reader, what, "class");
    const std::size_t label = find_column(reader, what, "label");
    std::vector<std::string> row;
    while (reader.next(row)) {
      for (const std::size_t column : {source, name, label}) refuse_blanks(what, row[column]);
      if (row[name].empty()) refuse(what, "a row has no class");
      if (!row[source].empty()) map.sources_.insert(row[source]);
      if (!map.labels_.emplace(Key(row[name], row[source]), row[label]).second) {
        refuse(what, "the class '" + row[name] + "'" + in_source(row[source]) +
                         " has two rows; leave one");
      }
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCorrupt) throw;
    throw Error(ErrorKind::kInvalidInput, error.what());
  }
  return map;
}

std::optional<std::string_view> ClassMap::find(std::string_view source,
                                               std::string_view name) const {
  const auto of_source = [&](std::string_view wanted) {
    return labels_.find(Key(std::string(name), std::string(wanted)));
  };
  if (const auto row = of_source(source); row != labels_.end()) return row->second;
  if (!source.empty()) {
    const auto row = of_source("");
    return row == labels_.end() ? std::nullopt : std::optional<std::string_view>(row->second);
  }
  std::optional<std::string_view> label;
  for (auto row = labels_.lower_bound(Key(std::string(name), ""));
       row != labels_.end() && row->first.first == name; ++row) {
    if (label && *label != row->second) {
      refuse(what_, "the class '" + std::string(name) + "' is '" + std::string(*label) +
                        "' in one source and '" + row->second + "' in '" + row->first.second +
                        "'; say which source the photographs are from, as in SOURCE=FOLDER");
    }
    label = row->second;
  }
  return label;
}

}  // namespace pomona
