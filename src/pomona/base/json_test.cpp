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

// The message about the member, "" where it is read.
template <class T>
std::string problem_of(const Json& object) {
  try {
    (void)read_member<T>(object, "name", "a text");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    return error.what();
  }
  return "";
}

TEST(JsonMembers, AreReadAsWhatTheyAre) {
  EXPECT_EQ(read_member<std::string>({{"name", "a"}}, "name", ""), "a");
  EXPECT_EQ(read_member<int>({{"name", -3}}, "name", ""), -3);
  EXPECT_EQ(read_member<std::uint64_t>({{"name", 3}}, "name", ""), 3U);
  EXPECT_EQ(read_member<double>({{"name", 3}}, "name", ""), 3.0);
  EXPECT_TRUE(read_member<bool>({{"name", true}}, "name", ""));
  const std::vector<std::string> texts = {"a", "b"};
  EXPECT_EQ(read_member<std::vector<std::string>>({{"name", texts}}, "name", ""), texts);
}

TEST(JsonMembers, OfAnotherShapeAreDamagedData) {
  for (const Json& object : {Json(), Json(3), Json("name"), Json::array({"name"})}) {
    EXPECT_NE(problem_of<int>(object), "") << object;
  }
  EXPECT_EQ(problem_of<int>(Json::object()),
            "reading a text: expected a value as 'name', found none");
  EXPECT_EQ(problem_of<int>({{"name", 1e300}}),
            "reading a text: expected an integer of 32 bits as 'name', found 1e+300");
  EXPECT_NE(problem_of<int>({{"name", 1LL << 40}}), "");
  EXPECT_NE(problem_of<int>({{"name", ~0ULL}}), "");
  EXPECT_NE(problem_of<std::uint64_t>({{"name", -1}}), "");
  EXPECT_NE(problem_of<bool>({{"name", 1}}), "");
  EXPECT_NE(problem_of<double>({{"name", "1"}}), "");
  EXPECT_NE(problem_of<std::string>({{"name", nullptr}}), "");
  EXPECT_NE(problem_of<std::vector<std::string>>({{"name", Json::array({"a", 3})}}), "");
}

TEST(JsonMembers, WhatIsRefusedAsInputIsDamagedHere) {
  const auto refuse = [](const std::string& name) -> int {
    throw Error(ErrorKind::kInvalidInput, "'" + name + "' is not known");
  };
  try {
    parse_member<std::string>(Json{{"name", "x"}}, "name", "a text", refuse);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_STREQ(error.what(), "reading a text: 'name': 'x' is not known");
  }
}

}  // namespace
}  // namespace pomona
