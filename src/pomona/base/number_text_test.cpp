// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/number_text.h"

#include <gtest/gtest.h>

#include <limits>

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

TEST(NumberText, ShownNumber) {
  EXPECT_EQ(shown_number(0.25), "0.25");
  EXPECT_EQ(shown_number(-3), "-3");
  EXPECT_EQ(shown_number(1e-9), "1e-09");
  EXPECT_EQ(shown_number(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(shown_number(-std::numeric_limits<double>::denorm_min()), "-5e-324");
  EXPECT_EQ(shown_number(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(shown_number(std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(NumberText, ParseNumber) {
  EXPECT_EQ(parse_number("0.25"), 0.25);
  EXPECT_EQ(parse_number("-1e-3"), -1e-3);
  for (const char* text : {"", " 1", "1 ", "1,5", "one", "nan", "inf", "1e999", "+1"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(NumberText, ParseCount) {
  EXPECT_EQ(parse_count("0"), 0);
  EXPECT_EQ(parse_count("18446744073709551615"), 18446744073709551615U);
  for (const char* text : {"", " 1", "1 ", "-1", "+1", "1.0", "0x1", "18446744073709551616"}) {
    EXPECT_EQ(parse_count(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pomona
