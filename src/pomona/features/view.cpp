// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/view.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "pomona/backbone/featurizer.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"

namespace pomona {
namespace {

constexpr std::string_view kZoom = "zoom";
constexpr std::string_view kFlip = "-flip";
constexpr char kAt = '@';
constexpr int kSmallestPercent = 10;
constexpr int kLargestPercent = 99;
constexpr int kSmallestSize = 16;

[[noreturn]] void refuse(std::string_view name) {
  throw Error(
      ErrorKind::kInvalidInput,
      "reading a view: '" + std::string(name) +
          "' is none; expected whole, flip, zoom75 or zoom75-flip, with a number from 10 to "
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

std::optional<View> part_from_name(std::string_view name) {
  if (name == "whole") return View{};
  if (name == "flip") return View{.flip = true};
  if (!name.starts_with(kZoom)) return std::nullopt;
  name.remove_prefix(kZoom.size());
  const bool flip = name.ends_with(kFlip);
  if (flip) name.remove_suffix(kFlip.size());
  const std::optional<int> percent = number_from(name, kSmallestPercent, kLargestPercent);
  if (!percent) return std::nullopt;
  return View{.percent = *percent, .flip = flip};
}

std::string part_name(const View& view) {
  if (view.percent == 100) return view.flip ? "flip" : "whole";
  return std::string(kZoom) + std::to_string(view.percent) + (view.flip ? "-flip" : "");
}

}  // namespace

std::string view_name(const View& view) {
  return part_name(view) + (view.size == 0 ? "" : kAt + std::to_string(view.size));
}

View view_from_name(std::string_view name) {
  const std::size_t at = std::min(name.find(kAt), name.size());
  std::optional<View> view = part_from_name(name.substr(0, at));
  if (!view) refuse(name);
  if (at < name.size()) {
    const std::optional<int> size = number_from(name.substr(at + 1), kSmallestSize, kLargestSize);
    if (!size) refuse(name);
    view->size = *size;
  }
  return *view;
}

std::vector<std::string> view_names(const std::vector<View>& views) {
  std::vector<std::string> names;
  std::ranges::transform(views, std::back_inserter(names), view_name);
  return names;
}

std::vector<View> views_from_names(const std::vector<std::string>& names) {
  std::vector<View> views;
  for (const std::string& name : names) {
    const View view = view_from_name(name);
    if (std::ranges::find(views, view) != views.end()) {
      throw Error(ErrorKind::kInvalidInput, "reading views: '" + name + "' is named twice");
    }
    views.push_back(view);
  }
  if (views.empty() || views.front() != View()) {
    throw Error(ErrorKind::kInvalidInput,
                "reading views: the first must be 'whole', with no size of its own; name it before "
                "the others, and its size with --size");
  }
  if (views.size() > kMostViews) {
    throw Error(ErrorKind::kInvalidInput, "reading views: expected at most " +
                                              std::to_string(kMostViews) + ", found " +
                                              std::to_string(views.size()));
  }
  return views;
}

std::vector<int> sizes_of_views(const std::vector<View>& views, int size) {
  std::vector<int> sizes = {size};
  for (const View& view : views) {
    if (view.size == 0) continue;
    const View without{view.percent, view.flip};
    if (view.size == size && std::ranges::find(views, without) != views.end()) {
      throw Error(ErrorKind::kInvalidInput,
                  "reading views: '" + view_name(view) + "' is the same as '" + view_name(without) +
                      "', for " + std::to_string(size) + " is the size of all; name one of them");
    }
    if (std::ranges::find(sizes, view.size) == sizes.end()) sizes.push_back(view.size);
  }
  if (sizes.size() > kMostSizes) {
    throw Error(ErrorKind::kInvalidInput,
                "reading views: expected at most " + std::to_string(kMostSizes) +
                    " sizes, that of all among them, found " + std::to_string(sizes.size()) +
                    "; each is the network once more in memory");
  }
  return sizes;
}

}  // namespace pomona
