// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/bounds.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ThrowsMessage;

TEST(BoundsTest, BothBoundsAreInside) {
  EXPECT_NO_THROW(check_range("part_files", std::size_t{1}, 1, 65'536));
  EXPECT_NO_THROW(check_range("part_files", std::size_t{65'536}, 1, 65'536));
  EXPECT_THAT([] { check_range("part_files", std::size_t{0}, 1, 65'536); },
              ThrowsMessage<Error>("part_files: expected 1 to 65536, found 0"));
  EXPECT_THAT([] { check_range("part_files", std::numeric_limits<std::size_t>::max(), 1, 9); },
              ThrowsMessage<Error>("part_files: expected 1 to 9, found 18446744073709551615"));
  EXPECT_THAT([] { check_range("size", -1, 32, 1024); },
              ThrowsMessage<Error>("size: expected 32 to 1024, found -1"));
}

TEST(BoundsTest, WhatIsNoNumberLiesOutside) {
  EXPECT_THAT([] { check_range("share", std::numeric_limits<double>::quiet_NaN(), 0, 1); },
              ThrowsMessage<Error>("share: expected 0 to 1, found nan"));
  EXPECT_THAT([] { check_range("share", std::numeric_limits<double>::infinity(), 0.5, 1); },
              ThrowsMessage<Error>("share: expected 0.5 to 1, found inf"));
}

TEST(BoundsTest, ZeroMayLeaveTheChoiceToUs) {
  EXPECT_NO_THROW(check_range_or_zero("size", 0, 32, 1024));
  EXPECT_THAT([] { check_range_or_zero("size", 7, 32, 1024); },
              ThrowsMessage<Error>("size: expected 32 to 1024 or 0, found 7"));
  EXPECT_THROW(check_range_or_zero("c", std::numeric_limits<double>::quiet_NaN(), 1, 2), Error);
}

TEST(BoundsTest, WhatIsMissingIsNamed) {
  EXPECT_NO_THROW(check_given("out", true, "a folder"));
  EXPECT_THAT([] { check_given("out", false, "a folder"); },
              ThrowsMessage<Error>("out: expected a folder, found none"));
}

}  // namespace
}  // namespace pomona
