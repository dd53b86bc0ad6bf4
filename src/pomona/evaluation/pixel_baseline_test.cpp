// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/pixel_baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/features/preview.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class PixelBaselineTest : public ::testing::Test {
 protected:
  // A photograph of one grey.
  void add(Split split, const std::string& path, std::int32_t label, std::uint8_t grey) {
    Image picture;
    picture.set_size(kPreviewSide, kPreviewSide);
    std::ranges::fill(picture.pixels, grey);
    add(split, path, label, std::string(PreviewMaker().make(picture)));
  }
  void add(Split split, const std::string& path, std::int32_t label, const std::string& preview) {
    ManifestRow row;
    row.path = rows_.manifest.texts->keep(path);
    row.split = split;
    previews_.append(rows_.manifest.rows.size(), preview);
    rows_.manifest.rows.push_back(row);
    rows_.label_index.push_back(label);
  }

  TableRows rows_;
  Previews previews_;
};

TEST_F(PixelBaselineTest, IsTheShareWhoseNearestPhotographHasTheirLabel) {
  add(Split::kTest, "1", 0, 10);
  add(Split::kTest, "2", 0, 30);
  add(Split::kTest, "3", 1, 80);
  add(Split::kTest, "4", 0, 250);  // nearer to the other label
  add(Split::kTrain, "5", 1, 200);
  add(Split::kTrain, "6", 1, 100);
  add(Split::kTrain, "7", 0, 20);
  add(Split::kTrain, "8", -1, 10);  // has no label to give
  const std::optional<PixelBaseline> baseline = pixel_baseline(previews_, rows_, /*workers=*/2);
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->accuracy, 0.75);
  EXPECT_EQ(baseline->train_rows, 3U);
  EXPECT_EQ(baseline->test_rows, 4U);
}

TEST_F(PixelBaselineTest, NeedsBothSides) {
  EXPECT_FALSE(pixel_baseline(previews_, rows_, 1));
  add(Split::kTest, "1", 0, 10);
  EXPECT_FALSE(pixel_baseline(previews_, rows_, 1));
  add(Split::kTrain, "2", -1, 10);
  EXPECT_FALSE(pixel_baseline(previews_, rows_, 1));
}

TEST_F(PixelBaselineTest, NamesAPreviewThatIsNone) {
  add(Split::kTest, "1.jpg", 0, 10);
  add(Split::kTrain, "a/2.jpg", 0, "no picture");
  EXPECT_THAT([&] { pixel_baseline(previews_, rows_, 1); },
              ThrowsMessage<Error>(HasSubstr("the preview of 'a/2.jpg' is no JPEG of 48 x 48")));
}

}  // namespace
}  // namespace pomona
