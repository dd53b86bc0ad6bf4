// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/crop.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "pomona/backbone/featurizer.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"

namespace pomona {
namespace {

constexpr std::string_view kCenter = "center";
constexpr std::string_view kFlip = "-flip";
constexpr char kAt = '@';
constexpr int kSmallestPercent = 10;
constexpr int kLargestPercent = 99;
constexpr int kSmallestSize = 16;

[[noreturn]] void refuse(std::string_view name) {
  throw Error(
      ErrorKind::kInvalidInput,
      "crops: '" + std::string(name) +
          "' is none; expected whole, flip, center75 or center75-flip, with a number from 10 to "
          "99; a size of its own follows as in flip@224, from 16 to 4096");
}

// From `least` to `most`, without a leading zero.
std::optional<int> number_from(std::string_view digits, int least, int most) {
  const std::optional<std::uint64_t> number = parse_count(digits);
  if (!number || digits.starts_with('0')) return std::nullopt;
  if (*number < static_cast<std::uint64_t>(least) || *number > static_cast<std::uint64_t>(most)) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::optional<Crop> part_from_name(std::string_view name) {
  if (name == "whole") return Crop{};
  if (name == "flip") return Crop{.flip = true};
  if (!name.starts_with(kCenter)) return std::nullopt;
  name.remove_prefix(kCenter.size());
  const bool flip = name.ends_with(kFlip);
  if (flip) name.remove_suffix(kFlip.size());
  const std::optional<int> percent = number_from(name, kSmallestPercent, kLargestPercent);
  if (!percent) return std::nullopt;
  return Crop{.percent = *percent, .flip = flip};
}

std::string part_name(const Crop& crop) {
  if (crop.percent == 100) return crop.flip ? "flip" : "whole";
  return std::string(kCenter) + std::to_string(crop.percent) + (crop.flip ? "-flip" : "");
}

}  // namespace

std::string crop_name(const Crop& crop) {
  return part_name(crop) + (crop.size == 0 ? "" : kAt + std::to_string(crop.size));
}

Crop crop_from_name(std::string_view name) {
  const std::size_t at = std::min(name.find(kAt), name.size());
  std::optional<Crop> crop = part_from_name(name.substr(0, at));
  if (!crop) refuse(name);
  if (at < name.size()) {
    const std::optional<int> size = number_from(name.substr(at + 1), kSmallestSize, kLargestSize);
    if (!size) refuse(name);
    crop->size = *size;
  }
  return *crop;
}

std::vector<std::string> crop_names(const std::vector<Crop>& crops) {
  std::vector<std::string> names;
  std::ranges::transform(crops, std::back_inserter(names), crop_name);
  return names;
}

std::vector<Crop> crops_from_names(const std::vector<std::string>& names) {
  std::vector<Crop> crops;
  for (const std::string& name : names) {
    const Crop crop = crop_from_name(name);
    if (std::ranges::find(crops, crop) != crops.end()) {
      throw Error(ErrorKind::kInvalidInput, "crops: '" + name + "' is named twice");
    }
    crops.push_back(crop);
  }
  if (crops.empty() || crops.front() != Crop()) {
    throw Error(ErrorKind::kInvalidInput,
                "crops, size: the first crop must be 'whole', with no size of its own; name it "
                "before the others, and set its size by the option size");
  }
  if (crops.size() > kMostCrops) {
    throw Error(ErrorKind::kInvalidInput, "crops: expected at most " + std::to_string(kMostCrops) +
                                              ", found " + std::to_string(crops.size()));
  }
  return crops;
}

std::vector<int> sizes_of_crops(const std::vector<Crop>& crops, int size) {
  std::vector<int> sizes = {size};
  for (const Crop& crop : crops) {
    if (crop.size == 0) continue;
    const Crop without{crop.percent, crop.flip};
    if (crop.size == size && std::ranges::find(crops, without) != crops.end()) {
      throw Error(ErrorKind::kInvalidInput,
                  "crops: '" + crop_name(crop) + "' is the same as '" + crop_name(without) +
                      "', for " + std::to_string(size) + " is the size of all; name one of them");
    }
    if (std::ranges::find(sizes, crop.size) == sizes.end()) sizes.push_back(crop.size);
  }
  if (sizes.size() > kMostSizes) {
    throw Error(ErrorKind::kInvalidInput, "crops: expected at most " + std::to_string(kMostSizes) +
                                              " sizes, that of all among them, found " +
                                              std::to_string(sizes.size()) +
                                              "; each is the network once more in memory");
  }
  return sizes;
}

}  // namespace pomona
