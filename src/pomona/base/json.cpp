// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/json.h"

#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using Texts = std::vector<std::string>;

[[noreturn]] void fail(std::string_view where, std::string_view name, std::string_view expected,
                       std::string_view found) {
  throw Error(ErrorKind::kCorrupt, "reading " + std::string(where) + ": expected " +
                                       std::string(expected) + " as '" + std::string(name) +
                                       "', found " + std::string(found));
}

template <class T>
constexpr std::string_view type_text() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, int>) return "an integer of 32 bits";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "a whole number";
  if constexpr (std::is_same_v<T, double>) return "a number";
  if constexpr (std::is_same_v<T, std::string>) return "a text";
  return "a list of texts";
}

bool is_int(const Json& value) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<int>::max());
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= kMost;
  return value.is_number_integer() && value.get<std::int64_t>() <= std::int64_t{kMost} &&
         value.get<std::int64_t>() >= std::numeric_limits<int>::min();
}

template <class T>
bool is_a(const Json& value) {
  if constexpr (std::is_same_v<T, bool>) return value.is_boolean();
  if constexpr (std::is_same_v<T, int>) return is_int(value);
  if constexpr (std::is_same_v<T, std::uint64_t>) {
    return value.is_number_unsigned() ||
           (value.is_number_integer() && value.get<std::int64_t>() >= 0);
  }
  if constexpr (std::is_same_v<T, double>) return value.is_number();
  if constexpr (std::is_same_v<T, std::string>) return value.is_string();
  if constexpr (std::is_same_v<T, Texts>) {
    if (!value.is_array()) return false;
    for (const Json& one : value) {
      if (!one.is_string()) return false;
    }
    return true;
  }
}

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  Json value = Json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    throw Error(ErrorKind::kCorrupt, "reading " + std::string(what) + ": not valid JSON");
  }
  return value;
}

std::string print_json(const Json& value) {
  return value.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

const Json& member_of(const Json& object, std::string_view name, std::string_view where) {
  if (!object.is_object()) {
    throw Error(ErrorKind::kCorrupt, "reading " + std::string(where) +
                                         ": expected an object with '" + std::string(name) +
                                         "', found " + object.type_name());
  }
  const auto found = object.find(name);
  if (found == object.end()) fail(where, name, "a value", "none");
  return *found;
}

template <class T>
T read_value(const Json& value, std::string_view name, std::string_view where) {
  if (is_a<T>(value)) return value.get<T>();
  // Of a number that does not fit, the type says nothing.
  fail(where, name, type_text<T>(), value.is_number() ? value.dump() : value.type_name());
}

template <class T>
T read_member(const Json& object, std::string_view name, std::string_view where) {
  return read_value<T>(member_of(object, name, where), name, where);
}

template bool read_value(const Json&, std::string_view, std::string_view);
template int read_value(const Json&, std::string_view, std::string_view);
template std::uint64_t read_value(const Json&, std::string_view, std::string_view);
template double read_value(const Json&, std::string_view, std::string_view);
template std::string read_value(const Json&, std::string_view, std::string_view);
template Texts read_value(const Json&, std::string_view, std::string_view);
template bool read_member(const Json&, std::string_view, std::string_view);
template int read_member(const Json&, std::string_view, std::string_view);
template std::uint64_t read_member(const Json&, std::string_view, std::string_view);
template double read_member(const Json&, std::string_view, std::string_view);
template std::string read_member(const Json&, std::string_view, std::string_view);
template Texts read_member(const Json&, std::string_view, std::string_view);

}  // namespace pomona
