// SPDX-License-Identifier: Apache-2.0
#include "number_range.h"

#include "pomona/base/number_text.h"

namespace pomona::cli {
namespace {

std::string out_of_range(const std::string& least, const std::string& most,
                         const std::string& found) {
  return "expected " + least + " to " + most + ", found " + found;
}

}  // namespace

FlagCheck count_range(std::uint64_t least, std::uint64_t most) {
  return [least, most](const std::string& text) -> std::string {
    const auto count = parse_count(text);
    if (count && *count >= least && *count <= most) return "";
    return out_of_range(std::to_string(least), std::to_string(most), text);
  };
}

FlagCheck number_range(double least, double most) {
  return [least, most](const std::string& text) -> std::string {
    const auto number = parse_number(text);
    if (number && *number >= least && *number <= most) return "";
    return out_of_range(shown_number(least), shown_number(most), text);
  };
}

}  // namespace pomona::cli
