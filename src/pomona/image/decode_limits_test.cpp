// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/decode_limits.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

TEST(DecodeLimitsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(DecodeLimits().check());
  EXPECT_THAT([] { DecodeLimits{.max_pixels = 0}.check(); },
              ThrowsMessage<Error>(StartsWith("max_pixels: expected 1 to ")));
  EXPECT_THAT([] { DecodeLimits{.max_memory_bytes = kHuge}.check(); },
              ThrowsMessage<Error>(StartsWith("max_memory_bytes: ")));
  EXPECT_THAT([] { DecodeLimits{.max_inflated_bytes = kHuge}.check(); },
              ThrowsMessage<Error>(StartsWith("max_inflated_bytes: ")));
  EXPECT_THAT([] { DecodeLimits{.max_inflation = kHuge}.check(); },
              ThrowsMessage<Error>(StartsWith("max_inflation: ")));
  EXPECT_THAT([] { DecodeLimits{.max_scans = -1}.check(); },
              ThrowsMessage<Error>(StartsWith("max_scans: ")));
  EXPECT_THAT([] { DecodeLimits{.max_scan_blocks = 0}.check(); },
              ThrowsMessage<Error>(StartsWith("max_scan_blocks: ")));
}

TEST(DecodeLimitsTest, PixelsAreCountedWithoutOverflow) {
  const DecodeLimits limits{.max_pixels = 1000};
  EXPECT_TRUE(check_pixels(ImageFormat::kPng, 40, 25, limits));
  EXPECT_FALSE(check_pixels(ImageFormat::kPng, 40, 26, limits));
  const auto huge = check_pixels(ImageFormat::kPng, 1ULL << 32U, 1ULL << 32U, limits);
  ASSERT_FALSE(huge) << "a product of 2^64 is 0";
  EXPECT_EQ(huge.error().kind, DecodeFailureKind::kTooLarge);
  const auto flat = check_pixels(ImageFormat::kPng, 40, 0, limits);
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().kind, DecodeFailureKind::kCorrupt);
}

TEST(DecodeLimitsTest, ALargeFileMayUnpackToMore) {
  const DecodeLimits limits{.max_inflated_bytes = 1000, .max_inflation = 16};
  EXPECT_TRUE(check_inflated(ImageFormat::kPng, 1000, 1, limits));
  EXPECT_TRUE(check_inflated(ImageFormat::kPng, 1600, 100, limits));
  const auto bomb = check_inflated(ImageFormat::kPng, 1601, 100, limits);
  ASSERT_FALSE(bomb);
  EXPECT_THAT(bomb.error().message, HasSubstr("beyond the limit"));
}

}  // namespace
}  // namespace pomona
