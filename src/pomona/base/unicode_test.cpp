// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/unicode.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

constexpr const char* kComposed =
    "P\xC3\xAA"
    "che";  // U+00EA
constexpr const char* kDecomposed =
    "Pe\xCC\x82"
    "che";  // e, U+0302

TEST(UnicodeTest, DecomposedNamesAreComposed) {
  EXPECT_EQ(to_nfc(kDecomposed), kComposed);
  EXPECT_EQ(to_nfc(kComposed), kComposed);
  EXPECT_EQ(to_nfc("Apple Red 1"), "Apple Red 1");
  EXPECT_EQ(to_nfc(""), "");
  // Hangul, and a mark order that only normalisation puts right.
  EXPECT_EQ(to_nfc("\xE1\x84\x80\xE1\x85\xA1"), "\xEA\xB0\x80");
  EXPECT_EQ(to_nfc("a\xCC\x82\xCC\xA3"), to_nfc("a\xCC\xA3\xCC\x82"));
}

TEST(UnicodeTest, ComposingChangesNoOtherForm) {
  const std::string ligature = "\xEF\xAC\x81g";  // U+FB01
  EXPECT_EQ(to_nfc(ligature), ligature);
}

TEST(UnicodeTest, TextThatIsNoUtf8StaysAsItIs) {
  const std::string latin1 =
      "P\xEA"
      "che";
  EXPECT_EQ(to_nfc(latin1), latin1);
  EXPECT_EQ(to_folded(latin1), latin1);
}

TEST(UnicodeTest, FoldedNamesAreAlikeWhereAReaderSeesNoDifference) {
  for (const char* other :
       {"apple red", "Apple  Red ", "apple_red", "Apple-Red", "APPLE\xC2\xA0RED"}) {
    EXPECT_EQ(to_folded(other), to_folded("Apple Red")) << other;
  }
  EXPECT_EQ(to_folded(kDecomposed), to_folded("P\xC3\x8A"
                                              "CHE"));
  EXPECT_NE(to_folded("Apple Red 1"), to_folded("Apple Red 2"));
  EXPECT_NE(to_folded(kComposed), to_folded("Peche"));
}

TEST(UnicodeTest, LowerCaseOfAsciiLeavesOtherBytes) {
  EXPECT_EQ(ascii_lower("@AZ[`az{.JPG"), "@az[`az{.jpg");
  EXPECT_EQ(ascii_lower(kComposed), std::string("p\xC3\xAA") + "che");
  EXPECT_EQ(ascii_lower("\xC3\x8A"), "\xC3\x8A");
}

}  // namespace
}  // namespace pomona
