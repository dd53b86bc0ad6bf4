// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/schema.h"

#include <arrow/config.h>

#include <algorithm>

namespace pomona {

std::string part_name(std::size_t index) {
  const std::string digits = std::to_string(index);
  const std::size_t zeros = 5 - std::min<std::size_t>(5, digits.size());
  return "part-" + std::string(zeros, '0') + digits + ".snappy.parquet";
}

std::string part_name(std::size_t index, std::string_view digest) {
  constexpr std::size_t kLetters = 16;
  std::string name = part_name(index);
  return name.insert(name.find('.'), "-" + std::string(digest.substr(0, kLetters)));
}

std::string arrow_version() { return arrow::GetBuildInfo().version_string; }

}  // namespace pomona
