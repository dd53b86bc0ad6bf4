// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/label_numbers.h"

#include <vector>

namespace pomona {

std::uint32_t LabelNumbers::number(std::string_view label) {
  const auto found = numbers_.find(label);
  if (found != numbers_.end()) return found->second;
  const auto next = static_cast<std::uint32_t>(numbers_.size());
  numbers_.emplace(std::string(label), next);
  return next;
}

void LabelNumbers::settle(Manifest& manifest) const {
  std::vector<std::uint32_t> position(numbers_.size());
  for (const auto& [label, number] : numbers_) {
    position[number] = static_cast<std::uint32_t>(manifest.labels.size());
    manifest.labels.push_back(label);
  }
  for (ManifestRow& row : manifest.rows) row.label = position[row.label];
}

}  // namespace pomona
