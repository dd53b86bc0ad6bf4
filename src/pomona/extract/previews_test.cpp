// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/previews.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pomona {
namespace {

std::size_t included(std::size_t photographs, std::size_t tried) {
  const PreviewChoice choice(photographs);
  std::size_t count = 0;
  for (std::size_t i = 0; i < tried; ++i) {
    if (choice.includes("a/" + std::to_string(i) + ".jpg")) ++count;
  }
  return count;
}

TEST(PreviewChoice, IsOfAllPhotographsUpTo50000) {
  EXPECT_EQ(included(3, 1000), 1000U);
  EXPECT_EQ(included(50'000, 1000), 1000U);
}

TEST(PreviewChoice, IsAShareOfMore) {
  EXPECT_NEAR(static_cast<double>(included(100'000, 10'000)), 5000, 300);
  EXPECT_NEAR(static_cast<double>(included(1'000'000, 10'000)), 500, 100);
}

TEST(Previews, GiveBackWhatWasAdded) {
  Previews previews;
  const std::vector<std::string> jpegs = {"abc", "", std::string(1000, 'd'), "e"};
  for (std::size_t i = 0; i < jpegs.size(); ++i) previews.append(10 * i, jpegs[i]);
  EXPECT_EQ(previews.rows(), (std::vector<std::size_t>{0, 10, 20, 30}));
  for (std::size_t i = 0; i < jpegs.size(); ++i) EXPECT_EQ(previews.jpeg(i), jpegs[i]);
}

}  // namespace
}  // namespace pomona
