// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/synthetic_input.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "pomona/base/digest.h"
#include "pomona/base/json.h"

namespace pomona {
namespace {

// Made by a second implementation, tools/golden_bundle.py.
TEST(SyntheticInput, IsTheSameEverywhere) {
  std::ifstream file(POMONA_GOLDEN "/bundle/synthetic_input.json");
  std::ostringstream text;
  text << file.rdbuf();
  const Json golden = parse_json(text.str(), "synthetic_input.json");
  ASSERT_GE(golden.size(), 4U);
  for (const Json& one : golden) {
    const auto pixels = synthetic_input(one.at("seed").get<std::uint64_t>(), one.at("size"));
    const std::string_view bytes(reinterpret_cast<const char*>(pixels.data()), pixels.size());
    EXPECT_EQ(sha256(bytes), one.at("sha256").get<std::string>()) << one;
  }
}

TEST(SyntheticInput, IsSmoothColouredAndDifferentForEachSeed) {
  constexpr int kSize = 128;
  const auto pixels = synthetic_input(1, kSize);
  ASSERT_EQ(pixels.size(), 128U * 128 * 3);
  const auto [least, most] = std::ranges::minmax(pixels);
  EXPECT_GT(most - least, 100);
  int steepest = 0;
  for (std::size_t i = 3; i < pixels.size(); ++i) {
    if (i % (kSize * 3) >= 3) steepest = std::max(steepest, std::abs(pixels[i] - pixels[i - 3]));
  }
  EXPECT_GT(steepest, 2);
  EXPECT_LT(steepest, 40);
  EXPECT_NE(pixels, synthetic_input(2, kSize));
  bool grey = true;
  for (std::size_t i = 0; i < pixels.size(); i += 3) grey = grey && pixels[i] == pixels[i + 1];
  EXPECT_FALSE(grey);
  EXPECT_EQ(synthetic_input(1, 1).size(), 3U);
}

}  // namespace
}  // namespace pomona
