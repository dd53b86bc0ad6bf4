// SPDX-License-Identifier: Apache-2.0
// Hostile WebP files; what good ones look like is in decode_test.cpp.
#include "pomona/image/formats/webp.h"

#include <gtest/gtest.h>

#include <string>

#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

using namespace std::string_literals;

DecodeFailureKind kind_of(const std::string& bytes, const DecodeLimits& limits) {
  Image image;
  const auto done = WebpReader().read(bytes, limits, /*target_side=*/0, image);
  EXPECT_FALSE(done);
  return done ? DecodeFailureKind::kUnsupportedFormat : done.error().kind;
}

TEST(Webp, AnImpossibleFileIsCorrupt) {
  EXPECT_EQ(kind_of("RIFF\x0c\0\0\0WEBPjunk\0\0\0\0"s, {}), DecodeFailureKind::kCorrupt);
  std::string bytes = read_golden("lossless.webp");
  bytes[20] ^= 0x7f;  // signature of the lossless data
  EXPECT_EQ(kind_of(bytes, {}), DecodeFailureKind::kCorrupt);
}

TEST(Webp, D11TheCanvasOfAnAnimationCountsNotTheFrame) {
  DecodeLimits limits;
  limits.max_pixels = 29 * 21 - 1;
  EXPECT_EQ(kind_of(read_golden("part_frame.webp"), limits), DecodeFailureKind::kTooLarge);
}

TEST(Webp, D11LosslessDataCountsAsMemory) {
  DecodeLimits limits;
  limits.max_decode_memory = 29 * 21 * 4 + 29 * 64;  // enough for a lossy picture
  EXPECT_EQ(kind_of(read_golden("lossless.webp"), limits), DecodeFailureKind::kTooLarge);
  Image image;
  EXPECT_TRUE(WebpReader().read(read_golden("lossy.webp"), limits, /*target_side=*/0, image));
}

}  // namespace
}  // namespace pomona
