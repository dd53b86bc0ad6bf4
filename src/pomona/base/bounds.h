// SPDX-License-Identifier: Apache-2.0
// Bounds of options. Any front fills an options struct: flags, Python, a request. So each struct
// has a check() for what would loop, overflow or make no sense, and the job that takes it calls
// that first. A message begins with the field as C++ names it, and fronts add what they call it.
// Any thread.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "pomona/base/number_text.h"

namespace pomona {

inline constexpr std::size_t kMostWorkers = 256;
inline constexpr std::size_t kMostBatch = 256;
inline constexpr int kLeastSide = 32;  // of the network's input and of made-up pictures, in pixels
inline constexpr int kMostSide = 1024;

// Throws invalid_input: "part_files: expected 1 to 65536, found 0".
[[noreturn]] void refuse_option(std::string_view field, const std::string& expected,
                                const std::string& found);

// Both bounds included; what is no number lies outside.
template <class Number>
void check_range(std::string_view field, Number found, std::type_identity_t<Number> least,
                 std::type_identity_t<Number> most, const std::string& or_else = "") {
  if (found >= least && found <= most) return;
  const auto text = [](Number number) {
    if constexpr (std::integral<Number>) return std::to_string(number);
    if constexpr (std::floating_point<Number>) return shown_number(number);
  };
  refuse_option(field, text(least) + " to " + text(most) + or_else, text(found));
}

// For a field of which 0 leaves the choice to us.
template <class Number>
void check_range_or_zero(std::string_view field, Number found, std::type_identity_t<Number> least,
                         std::type_identity_t<Number> most) {
  if (found != 0) check_range(field, found, least, most, " or 0");
}

// `what` is what it should hold: "a folder of photographs".
void check_given(std::string_view field, bool given, const std::string& what);

}  // namespace pomona
