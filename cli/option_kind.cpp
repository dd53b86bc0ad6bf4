// SPDX-License-Identifier: Apache-2.0
#include "option_kind.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>

namespace pomona::cli {
namespace {

constexpr std::array<std::string_view, 10> kNumbers = {
    "N", "SHARE", "N|SHARE", "PIXELS", "S", "MS", "MIB", "NUMBER", "DISTANCE", "NUMBERS"};
constexpr std::array<std::string_view, 4> kLists = {"LIST", "CROPS", "SOURCES", "NUMBERS"};
constexpr std::string_view kRepeated = "IMAGES";
constexpr std::array<std::string_view, 4> kNoSettings = {"help", "version", "config",
                                                         "show-config"};

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string shown_type(const CLI::Option& option) {
  if (option.get_type_size() == 0) return "";
  // What CLI11 adds of the checks is for its own messages.
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

OptionKind kind_of(const CLI::Option& option) {
  const std::string type = shown_type(option);
  if (type.empty()) return {OptionKind::Value::kFlag};
  return {holds(kNumbers, type) ? OptionKind::Value::kNumber : OptionKind::Value::kText,
          holds(kLists, type), type == kRepeated};
}

bool is_setting(const CLI::Option& option) {
  return option.nonpositional() && !option.get_lnames().empty() &&
         !holds(kNoSettings, option.get_lnames().front());
}

}  // namespace pomona::cli
