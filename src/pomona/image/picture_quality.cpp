// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/picture_quality.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pomona/image/resize.h"

namespace pomona {
namespace {

constexpr int kSide = 256;
constexpr int kFineRadius = 2;
constexpr int kCoarseRadius = 16;
constexpr double kLeastContrast = 1;  // of 255: below it there is nothing to be sharp
constexpr double kStrong = 0.99;
constexpr double kBright = 0.95;

// A picture of one channel.
struct Plane {
  int width = 0;
  int height = 0;
  std::vector<std::int64_t> values;

  std::int64_t at(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

Plane luma_of(const Image& image) {
  Plane plane{image.width, image.height, {}};
  plane.values.reserve(image.pixels.size() / 3);
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
    plane.values.push_back(
        (299 * image.pixels[i] + 587 * image.pixels[i + 1] + 114 * image.pixels[i + 2]) / 1000);
  }
  return plane;
}

// Sums over all pixels above and left of a corner: (width + 1) × (height + 1).
Plane sums_of(const Plane& plane) {
  Plane sums{plane.width + 1, plane.height + 1, {}};
  sums.values.assign(static_cast<std::size_t>(sums.width) * static_cast<std::size_t>(sums.height),
                     0);
  for (int y = 0; y < plane.height; ++y) {
    std::int64_t of_row = 0;
    for (int x = 0; x < plane.width; ++x) {
      of_row += plane.at(x, y);
      sums.values[static_cast<std::size_t>(y + 1) * static_cast<std::size_t>(sums.width) +
                  static_cast<std::size_t>(x + 1)] = sums.at(x + 1, y) + of_row;
    }
  }
  return sums;
}

double quantile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

// |pixel - mean around it|, where it is strong.
double contrast(const Plane& plane, const Plane& sums, int radius) {
  std::vector<double> differences;
  differences.reserve(plane.values.size());
  for (int y = 0; y < plane.height; ++y) {
    const int top = std::max(0, y - radius);
    const int bottom = std::min(plane.height, y + radius + 1);
    for (int x = 0; x < plane.width; ++x) {
      const int left = std::max(0, x - radius);
      const int right = std::min(plane.width, x + radius + 1);
      const std::int64_t sum =
          sums.at(right, bottom) - sums.at(left, bottom) - sums.at(right, top) + sums.at(left, top);
      const double mean = static_cast<double>(sum) / ((right - left) * (bottom - top));
      differences.push_back(std::abs(static_cast<double>(plane.at(x, y)) - mean));
    }
  }
  return quantile(std::move(differences), kStrong);
}

Image made_small(const Image& image) {
  const int shorter = std::min(image.width, image.height);
  if (shorter <= kSide) return image;
  Image small;
  Resizer().scale(image, kSide, shorter, ResizeFilter::kBox, small);
  return small;
}

}  // namespace

PictureQuality picture_quality(const Image& image) {
  PictureQuality quality;
  quality.shorter_side = std::min(image.width, image.height);
  if (image.pixels.empty()) return quality;
  const Plane plane = luma_of(made_small(image));
  quality.brightness = quantile({plane.values.begin(), plane.values.end()}, kBright) / 255;
  const Plane sums = sums_of(plane);
  quality.sharpness = contrast(plane, sums, kFineRadius) /
                      std::max(kLeastContrast, contrast(plane, sums, kCoarseRadius));
  return quality;
}

}  // namespace pomona
