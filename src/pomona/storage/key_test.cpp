// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/key.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "pomona/base/error.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

using namespace std::string_view_literals;

TEST(Key, KeepsUtf8AndEscapesTheRest) {
  EXPECT_EQ(key_from_name("Äpfel/粉/🍎.jpg"), "Äpfel/粉/🍎.jpg");
  EXPECT_EQ(key_from_name("a\xFF"
                          "b\xC3.jpg"),
            "a%FFb%C3.jpg");
  EXPECT_EQ(key_from_name("\xC0\x80"), "%C0%80");                // overlong
  EXPECT_EQ(key_from_name("\xE0\x9F\xBF"), "%E0%9F%BF");         // overlong
  EXPECT_EQ(key_from_name("\xED\xA0\x80"), "%ED%A0%80");         // surrogate
  EXPECT_EQ(key_from_name("\xF4\x90\x80\x80"), "%F4%90%80%80");  // above U+10FFFF
  EXPECT_EQ(key_from_name("\xF0\x8F\xBF\xBF"), "%F0%8F%BF%BF");  // overlong
  EXPECT_EQ(key_from_name("\xF0\x9F\x8D"), "%F0%9F%8D");         // ends early
}

TEST(Key, EscapesAPercentSignOnlyWhereItWouldRead) {
  EXPECT_EQ(key_from_name("100%.jpg"), "100%.jpg");
  EXPECT_EQ(key_from_name("%2f"), "%2f");  // escapes are upper-case
  EXPECT_EQ(key_from_name("%2F"), "%252F");
  EXPECT_EQ(name_from_key("%252F"), "%2F");
}

TEST(Key, LeadsBackToItsName) {
  Random random(7);
  constexpr std::string_view kBytes = "%25FAf\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8D\x8E\xFF.";
  for (int round = 0; round < 20'000; ++round) {
    std::string name;
    for (std::uint64_t length = random.below(9); length > 0; --length) {
      name += kBytes[random.below(kBytes.size())];
    }
    const std::string key = key_from_name(name);
    ASSERT_EQ(name_from_key(key), name) << key;
    ASSERT_EQ(key_from_name(name_from_key(key)), key);
    ASSERT_TRUE(is_utf8(key)) << key;
  }
}

TEST(Key, TellsUtf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("é€🍎%FF"));
  EXPECT_FALSE(is_utf8("a\xFF"));
  EXPECT_FALSE(is_utf8("\xF0\x9F\x8D"));
}

TEST(Key, RefusesWhatIsNoKey) {
  for (const std::string_view key :
       {""sv, "/"sv, "/a"sv, "a/"sv, "a//b"sv, "."sv, ".."sv, "../a"sv, "a/../b"sv, "a/."sv,
        "a\0b"sv, "%2E%2E/a"sv, "%2Fetc"sv, "%41"sv, "a%00"sv, "\xFF"sv, "a/%2e%2E"sv}) {
    EXPECT_THROW(check_key(key, "reading"), Error) << key;
  }
  for (const std::string_view key : {"a"sv, "..."sv, ".a/b"sv, "a/b c\n\"'"sv, "%FF"sv, "%"sv}) {
    EXPECT_NO_THROW(check_key(key, "reading")) << key;
  }
}

TEST(Key, KnowsParentAndFile) {
  EXPECT_EQ(parent_name("a/Banana/1.jpg"), "Banana");
  EXPECT_EQ(parent_name("Banana/1.jpg"), "Banana");
  EXPECT_EQ(parent_name("1.jpg"), "");
  EXPECT_EQ(file_name("a/Banana/1.jpg"), "1.jpg");
  EXPECT_EQ(file_name("1.jpg"), "1.jpg");
  EXPECT_TRUE(is_below("a/b", "a"));
  EXPECT_TRUE(is_below("a", ""));
  EXPECT_FALSE(is_below("ab", "a"));
  EXPECT_FALSE(is_below("a", "a"));
}

}  // namespace
}  // namespace pomona
