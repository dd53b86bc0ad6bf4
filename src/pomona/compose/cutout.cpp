// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/cutout.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pomona {
namespace {

// The darkest channel of a pixel that is nearly white; JPEG leaves such traces around a fruit.
constexpr int kNearlyWhite = 236;
// Of the border: fruit may touch all four sides, as where pictures are cut to it.
constexpr double kLeastGround = 0.25;
constexpr double kLeastFruit = 0.005;
// So far from each other, in pixels, fruit and ground mix.
constexpr int kReach = 3;
constexpr int kMargin = kReach + 1;
// Less than the first counts as nothing, more than the second as all: noise around a fruit goes.
constexpr float kNothing = 0.1F;
constexpr float kAll = 0.9F;

int whiteness(const std::uint8_t* pixel) { return std::min({pixel[0], pixel[1], pixel[2]}); }

struct Bounds {
  int left;
  int top;
  int right;   // behind the last
  int bottom;  // …
};

Bounds bounds_of_fruit(const std::vector<std::uint8_t>& ground, int width, int height) {
  Bounds bounds{width, height, 0, 0};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (ground[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                 static_cast<std::size_t>(x)] != 0) {
        continue;
      }
      bounds.left = std::min(bounds.left, x);
      bounds.right = std::max(bounds.right, x + 1);
      bounds.top = std::min(bounds.top, y);
      bounds.bottom = y + 1;
    }
  }
  return bounds;
}

// Of the pixels of the fruit around a place; 255 where there is none.
int least_white_near(const Image& studio, const std::vector<std::uint8_t>& ground, int x, int y) {
  int least = 255;
  const int last_y = std::min(y + kReach, studio.height - 1);
  const int last_x = std::min(x + kReach, studio.width - 1);
  for (int near_y = std::max(y - kReach, 0); near_y <= last_y; ++near_y) {
    const std::uint8_t* pixels = studio.row(near_y);
    const std::uint8_t* is_ground =
        ground.data() + static_cast<std::size_t>(near_y) * static_cast<std::size_t>(studio.width);
    for (int near_x = std::max(x - kReach, 0); near_x <= last_x; ++near_x) {
      if (is_ground[near_x] == 0) least = std::min(least, whiteness(pixels + 3 * near_x));
    }
  }
  return least;
}

// A pixel in which fruit and white mix, as the fruit alone.
void take_white_out(const std::uint8_t* pixel, int least_white, std::uint8_t* result) {
  const auto share =
      static_cast<float>(255 - whiteness(pixel)) / static_cast<float>(255 - least_white);
  const float alpha = std::clamp((share - kNothing) / (kAll - kNothing), 0.0F, 1.0F);
  if (alpha == 0) return;
  for (int channel = 0; channel < 3; ++channel) {
    const float fruit = (static_cast<float>(pixel[channel]) - 255 * (1 - share)) / share;
    result[channel] = static_cast<std::uint8_t>(std::clamp(fruit, 0.0F, 255.0F) * alpha + 0.5F);
  }
  result[3] = static_cast<std::uint8_t>(alpha * 255 + 0.5F);
}

unexpected<CutoutFailure> not_cut(CutoutFailureKind kind, std::string message) {
  return unexpected<CutoutFailure>(CutoutFailure{kind, std::move(message)});
}

std::string whole_percent(double share) {
  return std::to_string(static_cast<int>(std::lround(100 * share))) + " %";
}

}  // namespace

std::string_view cutout_failure_name(CutoutFailureKind kind) {
  return kind == CutoutFailureKind::kNoGround ? "no_ground" : "no_fruit";
}

void Cutter::find_ground(const Image& studio) {
  const auto width = static_cast<std::size_t>(studio.width);
  const auto height = static_cast<std::size_t>(studio.height);
  ground_.assign(width * height, 0);
  reached_.clear();
  const auto reach = [&](std::size_t at) {
    if (ground_[at] != 0 || whiteness(studio.pixels.data() + 3 * at) < kNearlyWhite) return;
    ground_[at] = 1;
    reached_.push_back(at);
  };
  for (std::size_t x = 0; x < width; ++x) {
    reach(x);
    reach((height - 1) * width + x);
  }
  for (std::size_t y = 0; y < height; ++y) {
    reach(y * width);
    reach(y * width + width - 1);
  }
  while (!reached_.empty()) {
    const std::size_t at = reached_.back();
    reached_.pop_back();
    const std::size_t x = at % width;
    if (x > 0) reach(at - 1);
    if (x + 1 < width) reach(at + 1);
    if (at >= width) reach(at - width);
    if (at + width < ground_.size()) reach(at + width);
  }
}

// Along rows, then across them.
void Cutter::find_near_ground(const Image& studio) {
  const auto width = static_cast<std::size_t>(studio.width);
  near_along_ = ground_;
  for (std::size_t row = 0; row < ground_.size(); row += width) {
    for (std::size_t away = 1; away <= std::min<std::size_t>(kReach, width - 1); ++away) {
      for (std::size_t x = row; x + away < row + width; ++x) {
        near_along_[x] |= ground_[x + away];
        near_along_[x + away] |= ground_[x];
      }
    }
  }
  near_ground_ = near_along_;
  for (std::size_t away = width; away <= kReach * width; away += width) {
    for (std::size_t at = 0; at + away < ground_.size(); ++at) {
      near_ground_[at] |= near_along_[at + away];
      near_ground_[at + away] |= near_along_[at];
    }
  }
}

// Pixels at the border of the picture count as near it: fruit that fills the picture ends there,
// and the pixels in which it does so are partly white.
bool Cutter::is_near_ground(const Image& studio, int x, int y) const {
  if (x < kReach || y < kReach || x + kReach >= studio.width || y + kReach >= studio.height) {
    return true;
  }
  return near_ground_[static_cast<std::size_t>(y) * static_cast<std::size_t>(studio.width) +
                      static_cast<std::size_t>(x)] != 0;
}

double Cutter::ground_at_border(const Image& studio) const {
  const auto width = static_cast<std::size_t>(studio.width);
  const auto height = static_cast<std::size_t>(studio.height);
  std::size_t ground = 0;
  for (std::size_t x = 0; x < width; ++x) {
    ground += std::size_t{ground_[x]} + ground_[(height - 1) * width + x];
  }
  for (std::size_t y = 0; y < height; ++y) {
    ground += std::size_t{ground_[y * width]} + ground_[y * width + width - 1];
  }
  return static_cast<double>(ground) / static_cast<double>(2 * (width + height));
}

expected<void, CutoutFailure> Cutter::cut(const Image& studio, Layer& fruit) {
  find_ground(studio);
  const double border = ground_at_border(studio);
  if (border < kLeastGround) {
    return not_cut(CutoutFailureKind::kNoGround,
                   "expected a studio image on white ground, found " + whole_percent(border) +
                       " of its border white, less than " + whole_percent(kLeastGround));
  }
  const auto inside = static_cast<double>(std::ranges::count(ground_, 0));
  if (inside < kLeastFruit * static_cast<double>(ground_.size())) {
    return not_cut(CutoutFailureKind::kNoFruit,
                   "expected a fruit on white ground, found nothing but white");
  }
  find_near_ground(studio);
  const Bounds bounds = bounds_of_fruit(ground_, studio.width, studio.height);
  fruit.clear(bounds.right - bounds.left + 2 * kMargin, bounds.bottom - bounds.top + 2 * kMargin);
  const int last_y = std::min(bounds.bottom + kReach, studio.height);
  const int last_x = std::min(bounds.right + kReach, studio.width);
  for (int y = std::max(bounds.top - kReach, 0); y < last_y; ++y) {
    std::uint8_t* row = fruit.row(y - bounds.top + kMargin);
    for (int x = std::max(bounds.left - kReach, 0); x < last_x; ++x) {
      const std::uint8_t* pixel = studio.row(y) + 3 * x;
      std::uint8_t* result = row + 4 * (x - bounds.left + kMargin);
      if (!is_near_ground(studio, x, y)) {
        std::copy_n(pixel, 3, result);
        result[3] = 255;
      } else if (whiteness(pixel) < 255) {
        const int least_white = least_white_near(studio, ground_, x, y);
        if (least_white < 255) take_white_out(pixel, least_white, result);
      }
    }
  }
  return {};
}

}  // namespace pomona
