// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/regions.h"

#include <algorithm>
#include <array>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// An explicit list: a name that begins with "eu-" proves nothing.
constexpr std::array<std::string_view, 7> kEuropeanUnion = {
    "eu-central-1",    // Frankfurt
    "eu-north-1",      // Stockholm
    "eu-south-1",      // Milan
    "eu-south-2",      // Spain
    "eu-west-1",       // Ireland
    "eu-west-3",       // Paris
    "eusc-de-east-1",  // Brandenburg
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

bool is_region_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::vector<std::string> parse_regions(std::string_view text) {
  std::vector<std::string> regions;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (name == "eu") {
      regions.insert(regions.end(), kEuropeanUnion.begin(), kEuropeanUnion.end());
    } else if (is_region_name(name)) {
      regions.emplace_back(name);
    } else {
      throw Error(ErrorKind::kInvalidInput,
                  "reading regions: '" + std::string(name) +
                      "' is no region; expected names such as eu-west-3 between commas, or eu for "
                      "all in the European Union");
    }
  }
  return regions;
}

void check_region(const std::string& place, const std::string& region,
                  const std::vector<std::string>& allowed) {
  if (allowed.empty() || std::ranges::find(allowed, region) != allowed.end()) return;
  throw Error(
      ErrorKind::kInvalidInput,
      "opening '" + place + "': regions: its bucket lies in " +
          (region.empty() ? "a region that the service does not name" : "region '" + region + "'") +
          ", which is not among " + joined(allowed) +
          "; nothing was read or written; name a bucket that lies there");
}

}  // namespace pomona
