// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/judgements.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>

#include "pomona/base/error.h"

namespace pomona {
namespace {

constexpr std::string_view kFormat = "pomona-judgements";
constexpr int kVersion = 1;

[[noreturn]] void fail(const std::string& place, const std::string& problem) {
  throw Error(ErrorKind::kInvalidInput, "reading the judgements " + place + ": " + problem +
                                            "; docs/formats.md describes the file");
}

// An object with all fields of `needed` and no other than these and those of `more`.
void check_fields(const Json& object, std::initializer_list<std::string_view> needed,
                  std::initializer_list<std::string_view> more, const std::string& place) {
  if (!object.is_object()) {
    fail(place, std::string("expected an object, found ") + object.type_name());
  }
  for (const std::string_view name : needed) {
    if (!object.contains(name)) fail(place, "expected the field '" + std::string(name) + "'");
  }
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(needed, name) != needed.end()) continue;
    if (std::ranges::find(more, name) != more.end()) continue;
    std::string known;
    for (const auto& names : {needed, more}) {
      for (const std::string_view one : names) {
        known += (known.empty() ? "" : ", ") + std::string(one);
      }
    }
    fail(place, "there is a field of another name than " + known);
  }
}

bool is_text(const Json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty();
}

void check_text(const Json& object, const char* name, const std::string& place) {
  if (!object.contains(name) || is_text(object.at(name))) return;
  fail(place, "expected '" + std::string(name) + "' to be a text that is not empty");
}

const Json& list_of(const Json& object, const char* name, const std::string& place) {
  const Json& value = object.at(name);
  if (!value.is_array() || value.empty()) {
    fail(place, "expected '" + std::string(name) + "' to be a list that is not empty");
  }
  return value;
}

void check_share(const Json& share, const std::string& place) {
  if (share.is_null()) return;
  check_fields(share, {"share"}, {"low", "high", "at_least", "at_most"}, place);
  for (const auto& [name, value] : share.items()) {
    if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1) {
      fail(place, "expected '" + name + "' to be a number from 0 to 1, found " +
                      (value.is_number() ? value.dump() : value.type_name()));
    }
  }
  if (share.contains("low") != share.contains("high")) {
    fail(place, "expected both of 'low' and 'high', or neither");
  }
  if (share.contains("low") && share.at("low") > share.at("high")) {
    fail(place, "'low' is above 'high'");
  }
  if (share.contains("at_least") && share.contains("at_most")) {
    fail(place, "expected 'at_least' or 'at_most', found both");
  }
}

void check_row(const Json& row, std::size_t columns, const std::string& place) {
  check_fields(row, {"name", "count", "shares"}, {}, place);
  check_text(row, "name", place);
  if (!row.at("count").is_number_unsigned()) {
    fail(place, "expected 'count' to be a whole number from 0 on");
  }
  const Json& shares = list_of(row, "shares", place);
  if (shares.size() != columns) {
    fail(place, "expected a share for each of the " + std::to_string(columns) + " columns, found " +
                    std::to_string(shares.size()));
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    check_share(shares[i], place + ", share " + std::to_string(i + 1));
  }
}

void check_table(const Json& table, const std::string& place) {
  check_fields(table, {"title", "columns", "rows"}, {"note"}, place);
  check_text(table, "title", place);
  check_text(table, "note", place);
  const Json& columns = list_of(table, "columns", place);
  for (const Json& column : columns) {
    if (!is_text(column)) fail(place, "expected every one of 'columns' to be a text");
  }
  const Json& rows = list_of(table, "rows", place);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    check_row(rows[i], columns.size(), place + ", row " + std::to_string(i + 1));
  }
}

Json parse(std::string_view text, const std::string& what) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    fail(what, "expected JSON, which it stops being at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {  // whose words quote the file
    fail(what, "expected numbers that a float64 can hold, found another");
  }
}

}  // namespace

Json parse_judgements(std::string_view text, const std::string& what) {
  const Json file = parse(text, what);
  check_fields(file, {"format", "version", "tables"}, {}, what);
  if (file.at("format") != kFormat || file.at("version") != kVersion) {
    fail(what, "expected the format '" + std::string(kFormat) + "' in version " +
                   std::to_string(kVersion));
  }
  const Json& tables = list_of(file, "tables", what);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    check_table(tables[i], what + ", table " + std::to_string(i + 1));
  }
  return tables;
}

}  // namespace pomona
