// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/view.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "pomona/base/error.h"

namespace pomona {
namespace {

constexpr std::string_view kZoom = "zoom";
constexpr std::string_view kFlip = "-flip";
constexpr int kSmallestPercent = 10;

[[noreturn]] void refuse(std::string_view name) {
  throw Error(ErrorKind::kInvalidInput, "reading a view: '" + std::string(name) +
                                            "' is none; expected whole, flip, zoom75 or "
                                            "zoom75-flip, with a number from 10 to 99");
}

}  // namespace

std::string view_name(const View& view) {
  if (view.percent == 100) return view.flip ? "flip" : "whole";
  return std::string(kZoom) + std::to_string(view.percent) + (view.flip ? "-flip" : "");
}

View view_from_name(std::string_view name) {
  if (name == "whole") return {};
  if (name == "flip") return {.flip = true};
  View view;
  std::string number(name);
  if (!number.starts_with(kZoom)) refuse(name);
  number.erase(0, kZoom.size());
  if (number.ends_with(kFlip)) {
    view.flip = true;
    number.resize(number.size() - kFlip.size());
  }
  const char* const end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, view.percent);
  if (read.ec != std::errc() || read.ptr != end || number.size() != 2) refuse(name);
  if (view.percent < kSmallestPercent) refuse(name);
  return view;
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
                "reading views: the first must be 'whole'; name it before the others");
  }
  if (views.size() > kMostViews) {
    throw Error(ErrorKind::kInvalidInput, "reading views: expected at most " +
                                              std::to_string(kMostViews) + ", found " +
                                              std::to_string(views.size()));
  }
  return views;
}

}  // namespace pomona
