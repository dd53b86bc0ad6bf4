// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/content/stand_in.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace pomona {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

TEST(StandIn, NamesWhatAFileHoldsInPlaceOfItsContent) {
  for (const auto& [bytes, content] : {
           std::pair("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"s,
                     "git lfs pull"),
           std::pair("/annex/objects/SHA256E-s3--00.jpg\n"s, "git annex get"),
           std::pair("../../.git/annex/objects/ab/cd/SHA256E-s3--00.jpg"s, "git annex get"),
           std::pair("\n <!DOCTYPE HTML><title>404</title>"s, "HTML page"),
           std::pair("\xef\xbb\xbf<HTML><head>"s, "HTML page"),
           std::pair("<?xml version=\"1.0\"?><html xmlns=\"…\">"s, "HTML page"),
           std::pair("\x1f\x8b\x08\0"s, "gzip"),
           std::pair("PK\x03\x04..."s, "zip archive"),
           std::pair("\xfd"
                     "7zXZ\0"s,
                     "xz"),
           std::pair(std::string(257, 'x') + "ustar", "tar archive"),
           std::pair("\0\x05\x16\x07\0\x02\0\0"s, "AppleDouble"),
       }) {
    EXPECT_THAT(std::string(stand_in(bytes)), HasSubstr(content));
  }
}

TEST(StandIn, LeavesAloneWhatMayBeTheContent) {
  for (const std::string& bytes :
       {""s, "PAR1\x15\x04"s, "\x08\x07\x12\x7f"s, "<net name=\"a\"></net>"s, "some text\n"s,
        "\x01 <html>"s, std::string(600, ' ') + "<html>", std::string(1000, '\0')}) {
    EXPECT_EQ(stand_in(bytes), "") << bytes;
  }
}

TEST(StandIn, KnowsText) {
  EXPECT_TRUE(is_text("two\nlines\tand caf\xc3\xa9"));
  EXPECT_FALSE(is_text("\x01"));
  EXPECT_FALSE(is_text("a\x7f"));
}

}  // namespace
}  // namespace pomona
