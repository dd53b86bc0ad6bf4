// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/json.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

TEST(JsonTest, KeepsKeysInTheirOrder) {
  Json value;
  value["zebra"] = 1;
  value["apple"] = {1, 2};
  EXPECT_EQ(print_json(value), "{\n  \"zebra\": 1,\n  \"apple\": [\n    1,\n    2\n  ]\n}\n");
  EXPECT_EQ(parse_json(print_json(value), "it"), value);
}

TEST(JsonTest, ReplacesBytesThatAreNotUtf8AndLeavesLettersAlone) {
  EXPECT_EQ(print_json("Käse"), "\"Käse\"\n");
  EXPECT_EQ(print_json(std::string("a\xFF") + "b"),
            "\"a\xEF\xBF\xBD"
            "b\"\n");
}

TEST(JsonTest, SaysWhichTextIsNotJson) {
  for (const char* text : {"", "{", "{\"a\":1,}", "nonsense"}) {
    try {
      parse_json(text, "bundle.json");
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
      EXPECT_THAT(error.what(), testing::HasSubstr("bundle.json"));
    }
  }
}

}  // namespace
}  // namespace pomona
