// SPDX-License-Identifier: Apache-2.0
// For tests only: the pictures and expectations that tools/golden_image.py wrote. Any thread.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "pomona/base/json.h"
#include "pomona/image/image.h"

namespace pomona {

inline std::string read_golden(const std::string& name) {
  std::ifstream file(std::string(POMONA_GOLDEN) + "/image/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no golden file " + name);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

inline Image read_golden_ppm(const std::string& name) {
  std::istringstream stream(read_golden(name));
  std::string magic;
  int width = 0;
  int height = 0;
  int levels = 0;
  stream >> magic >> width >> height >> levels;
  stream.get();
  Image image;
  image.set_size(width, height);
  stream.read(reinterpret_cast<char*>(image.pixels.data()),
              static_cast<std::streamsize>(image.pixels.size()));
  if (magic != "P6" || !stream) throw std::runtime_error("no PPM in golden file " + name);
  return image;
}

inline Json golden_cases(const std::string& kind) {
  return parse_json(read_golden("cases.json"), "cases.json").at(kind);
}

// The largest difference of two pictures in levels; 256 when their sizes differ.
inline int largest_difference(const Image& left, const Image& right) {
  if (left.width != right.width || left.height != right.height) return 256;
  int largest = 0;
  for (std::size_t index = 0; index < left.pixels.size(); ++index) {
    largest = std::max(largest, std::abs(left.pixels[index] - right.pixels[index]));
  }
  return largest;
}

}  // namespace pomona
