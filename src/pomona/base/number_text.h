// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them; the same in every sentence, table and message. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pomona {

// "1,048"
std::string with_commas(std::uint64_t number);

// A share of one: 0.972 is "97.2 %".
std::string percent(double share);

// The shortest that reads back as the same number, for messages: "0.25", "1e-09", "nan", "inf".
std::string shown_number(double number);

// "0.25" or "1e-3", with a point and nothing around it; none for anything else, or what is not
// finite.
std::optional<double> parse_number(const std::string& text);

// Digits and nothing else; none for what does not fit.
std::optional<std::uint64_t> parse_count(std::string_view digits);

}  // namespace pomona
