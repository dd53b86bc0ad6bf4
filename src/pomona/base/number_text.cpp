// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/number_text.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace pomona {
namespace {

// The whole of `text`, as std::from_chars reads it.
template <class Number>
std::optional<Number> parse_whole_of(std::string_view text) {
  Number number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

std::string shown_number(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

std::optional<double> parse_number(const std::string& text) {
  const std::optional<double> number = parse_whole_of<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::uint64_t> parse_count(std::string_view digits) {
  return parse_whole_of<std::uint64_t>(digits);
}

}  // namespace pomona
