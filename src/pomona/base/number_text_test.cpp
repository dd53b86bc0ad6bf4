// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/number_text.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(NumberText, WithCommas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1048), "1,048");
  EXPECT_EQ(with_commas(22688000), "22,688,000");
}

TEST(NumberText, Percent) {
  EXPECT_EQ(percent(0.9724), "97.2 %");
  EXPECT_EQ(percent(1), "100.0 %");
}

}  // namespace
}  // namespace pomona
