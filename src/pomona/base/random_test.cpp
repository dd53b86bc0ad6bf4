// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace pomona {
namespace {

TEST(RandomTest, IsSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(RandomTest, BelowIsUniform) {
  Random random(1);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  // Six degrees of freedom: 22.5 is passed once in a thousand; the seed is fixed.
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 10000.0) * (count - 10000.0) / 10000;
  EXPECT_LT(chi_square, 22.5);
}

TEST(RandomTest, BelowOneIsZeroAndLargeBoundsHold) {
  Random random(2);
  EXPECT_EQ(random.below(1), 0U);
  const std::uint64_t bound = (1ULL << 63U) + 1;
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random.below(bound), bound);
}

TEST(RandomTest, UniformFillsTheUnitInterval) {
  Random random(3);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
  EXPECT_NEAR(squares / 100000, 1.0 / 3, 0.005);
}

TEST(RandomTest, HashDependsOnTextAndSeedAlone) {
  EXPECT_EQ(hash_text("Apple/1.jpg", 5), hash_text("Apple/1.jpg", 5));
  EXPECT_NE(hash_text("Apple/1.jpg", 5), hash_text("Apple/1.jpg", 6));
  EXPECT_NE(hash_text("Apple/1.jpg", 5), hash_text("Apple/2.jpg", 5));
  EXPECT_NE(hash_text("", 0), hash_text(std::string_view("\0", 1), 0));
}

TEST(RandomTest, HashSpreadsNamesThatDifferByANumber) {
  std::set<std::uint64_t> seen;
  std::array<int, 10> tenths{};
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t hash = hash_text("Apple/" + std::to_string(i) + "_100.jpg", 0);
    seen.insert(hash);
    ++tenths[static_cast<std::size_t>(static_cast<double>(hash >> 11U) * 0x1p-53 * 10)];
  }
  EXPECT_EQ(seen.size(), 20000U);
  for (const int count : tenths) EXPECT_NEAR(count, 2000, 200);
}

TEST(RandomName, IsAnotherEveryTime) {
  const std::string name = random_name();
  EXPECT_EQ(name.size(), 16U);
  EXPECT_EQ(name.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(name, random_name());
}

}  // namespace
}  // namespace pomona
