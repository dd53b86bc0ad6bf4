// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/base64.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(Base64, GivesTheVectorsOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, TakesEveryByte) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(base64("\xFF\xD8\x00\xFB\xFF"sv), "/9gA+/8=");
}

}  // namespace
}  // namespace pomona
