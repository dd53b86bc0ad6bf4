// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/shallow_json.h"

#include <gtest/gtest.h>

#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ShallowJson, IsRefusedWhereItIsDeep) {
  EXPECT_NO_THROW(parse_shallow_json(nested(kDeepestJson), "a"));
  EXPECT_THROW(parse_shallow_json(nested(kDeepestJson + 1), "a"), Error);
  EXPECT_THROW(parse_shallow_json(std::string(50'000, '{'), "a"), Error);
  EXPECT_THROW(parse_shallow_json("]][[", "a"), Error);
}

TEST(ShallowJson, DoesNotCountBracketsInText) {
  const std::string brackets(100, '[');
  const Json json =
      parse_shallow_json("[\"\\\"" + brackets + "\\\\\", {\"" + brackets + "\": 1}]", "a");
  EXPECT_EQ(json[0].get<std::string>(), "\"" + brackets + "\\");
}

}  // namespace
}  // namespace pomona
