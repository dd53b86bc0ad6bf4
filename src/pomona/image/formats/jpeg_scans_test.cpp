// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/jpeg_scans.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

TEST(JpegScans, D2WorkIsCountedByComponent) {
  // 37 x 23 with 4:2:0: 5 x 3 blocks of Y, 3 x 2 of each chroma. Scans of Pillow's script: DC twice
  // of all; Y four times, chroma twice each.
  const std::array components = {JpegComponent{1, 15}, JpegComponent{2, 6}, JpegComponent{3, 6}};
  const std::string bytes = read_golden("progressive.jpg");
  const std::size_t behind_first = bytes.find("\xff\xda") + 14;
  const ScanWork work = count_jpeg_scans(std::string_view(bytes).substr(behind_first), components,
                                         {.scans = 1, .blocks = 27}, /*max_scans=*/100);
  EXPECT_EQ(work.scans, 10);
  EXPECT_EQ(work.blocks, 2U * 27 + 4 * 15 + 2 * (6 + 6));
}

TEST(JpegScans, D2CountingEndsBeyondTheLimit) {
  std::string bytes;
  for (int scan = 0; scan < 50; ++scan) bytes += std::string("\xff\xda\0\x04\1\7", 6);
  const std::array components = {JpegComponent{7, 5}};
  const ScanWork work = count_jpeg_scans(bytes, components, {.scans = 1}, /*max_scans=*/10);
  EXPECT_EQ(work.scans, 11);
  EXPECT_EQ(work.blocks, 50U);
  // What the end mark ends, and a name of no component, do not count.
  EXPECT_EQ(count_jpeg_scans("\xff\xd9" + bytes, components, {.scans = 1}, 10).scans, 1);
  EXPECT_EQ(count_jpeg_scans(bytes, {}, {.scans = 1}, 100).blocks, 0U);
}

}  // namespace
}  // namespace pomona
