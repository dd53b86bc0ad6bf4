// SPDX-License-Identifier: Apache-2.0
// Numbers labels while rows come in, and again once all are known. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "pomona/dataset/manifest.h"

namespace pomona {

class LabelNumbers {
 public:
  // For ManifestRow::label, until settle().
  std::uint32_t number(std::string_view label);
  // Gives the manifest its labels, in byte order, and its rows the numbers of those.
  void settle(Manifest& manifest) const;

 private:
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

}  // namespace pomona
