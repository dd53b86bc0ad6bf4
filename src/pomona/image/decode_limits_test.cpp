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
  EXPECT_THAT([] { DecodeLimits{.max_decode_memory = kHuge}.check(); },
              ThrowsMessage<Error>(StartsWith("max_decode_memory: ")));
  EXPECT_THAT([] { DecodeLimits{.max_decode_time = 0}.check(); },
              ThrowsMessage<Error>(StartsWith("max_decode_time: expected 1 to ")));
  EXPECT_THAT([] { DecodeLimits{.max_scans = -1}.check(); },
              ThrowsMessage<Error>(StartsWith("max_scans: ")));
  for (const double share : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT([&] { DecodeLimits{.max_damage = share}.check(); },
                ThrowsMessage<Error>(StartsWith("max_damage: expected 0 to 1, ")));
  }
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

TEST(DecodeLimitsTest, ALargeFileMayTakeLonger) {
  const DecodeLimits limits{.max_decode_time = 2};
  EXPECT_TRUE(check_time(ImageFormat::kPng, 2'000'000, 1, limits));
  EXPECT_FALSE(check_time(ImageFormat::kPng, 2'000'001, 1, limits));
  EXPECT_TRUE(check_time(ImageFormat::kPng, 7'500'000, 5'000, limits));
  const auto bomb = check_time(ImageFormat::kPng, 7'500'001, 5'000, limits);
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().kind, DecodeFailureKind::kTooLarge);
}

TEST(DecodeLimitsTest, MessagesNameTheFieldThatMayBeRaised) {
  const DecodeLimits limits;
  EXPECT_THAT(check_pixels(ImageFormat::kJpeg, 20'000, 20'000, limits).error().message,
              HasSubstr("more than max_pixels 250000000 allows"));
  EXPECT_THAT(check_memory(ImageFormat::kWebp, (160U << 20U) + 1, limits).error().message,
              HasSubstr("161 MiB of memory, more than max_decode_memory 160 MiB allows"));
  EXPECT_THAT(check_time(ImageFormat::kPng, 300'000'000, 1, limits).error().message,
              HasSubstr("300 ms, more than max_decode_time 250 allows"));
}

}  // namespace
}  // namespace pomona
