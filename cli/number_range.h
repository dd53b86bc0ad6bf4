// SPDX-License-Identifier: Apache-2.0
// Checks the number of a flag as soon as it is read, by the bounds of the options struct's check()
// and in its words. So the error names the flag, or the configuration file and the key, and
// `--show-config` refuses what a run would refuse. Any thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <type_traits>

#include "pomona/base/number_text.h"

namespace pomona::cli {

// Both bounds included.
template <class Number>
CLI::Validator number_range(Number least, std::type_identity_t<Number> most) {
  const auto shown = [](Number number) {
    if constexpr (std::is_integral_v<Number>) return std::to_string(number);
    if constexpr (std::is_floating_point_v<Number>) return shown_number(number);
  };
  const auto check = [=](const std::string& text) -> std::string {
    Number number{};
    // Parsed as unsigned, "-1" is the largest number of all.
    const bool has_sign = std::is_unsigned_v<Number> && text.starts_with('-');
    const bool is_number = !has_sign && CLI::detail::lexical_cast(text, number);
    if (is_number && number >= least && number <= most) return "";
    return "expected " + shown(least) + " to " + shown(most) + ", found " + text;
  };
  return CLI::Validator(check, "");
}

}  // namespace pomona::cli
