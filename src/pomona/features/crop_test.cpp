// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/crop.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;

TEST(Crop, HasANameThatLeadsBackToIt) {
  for (const char* name : {"whole", "flip", "center75", "center10-flip", "center99", "whole@224",
                           "flip@16", "center75-flip@4096"}) {
    EXPECT_EQ(crop_name(crop_from_name(name)), name);
  }
  EXPECT_EQ(crop_from_name("center75-flip"), (Crop{.percent = 75, .flip = true}));
  EXPECT_EQ(crop_from_name("whole"), Crop());
  EXPECT_EQ(crop_from_name("center75-flip@224"), (Crop{.percent = 75, .flip = true, .size = 224}));
}

TEST(Crop, RefusesOtherNames) {
  for (const char* name : {"",
                           "center",
                           "center5",
                           "center05",
                           "center100",
                           "center-75",
                           "center7x",
                           "center+5",
                           "whole-flip",
                           "center75-flop",
                           "Whole",
                           "center75-flip-flip",
                           "center075",
                           "whole@",
                           "whole@15",
                           "whole@4097",
                           "whole@0224",
                           "whole@2x",
                           "@224",
                           "whole@224@320",
                           "center75@224-flip",
                           "whole@-224"}) {
    EXPECT_THROW(crop_from_name(name), Error) << name;
  }
}

TEST(Crop, SeveralAreDifferentOnes) {
  EXPECT_THAT(crop_names(crops_from_names({"whole", "center75-flip"})),
              ElementsAre("whole", "center75-flip"));
  EXPECT_THROW(crops_from_names({"whole", "flip", "flip"}), Error);
  EXPECT_THROW(crops_from_names({"flip", "whole"}), Error);
  EXPECT_THROW(crops_from_names({}), Error);
  std::vector<std::string> many = {"whole"};
  for (int percent = 20; many.size() <= kMostCrops; ++percent) {
    many.push_back("center" + std::to_string(percent));
  }
  EXPECT_THROW(crops_from_names(many), Error);
  many.pop_back();
  EXPECT_EQ(crops_from_names(many).size(), kMostCrops);
}

TEST(Crop, SizesAreThoseOfTheCropsOnce) {
  const auto sizes = [](const std::vector<std::string>& names, int size) {
    return sizes_of_crops(crops_from_names(names), size);
  };
  EXPECT_THAT(sizes({"whole", "flip"}, 320), ElementsAre(320));
  EXPECT_THAT(sizes({"whole", "flip@224", "center75@448", "center75@224"}, 320),
              ElementsAre(320, 224, 448));
  EXPECT_THAT(sizes({"whole", "flip@320"}, 320), ElementsAre(320)) << "no other crop is like it";
  EXPECT_THAT(sizes({"whole", "flip@16", "flip@17", "flip@18"}, 320), ElementsAre(320, 16, 17, 18));
  EXPECT_THROW(sizes({"whole", "flip@16", "flip@17", "flip@18", "flip@19"}, 320), Error);
  EXPECT_THROW(sizes({"whole", "whole@320"}, 320), Error);
  EXPECT_THROW(sizes({"whole", "center75@224", "center75"}, 224), Error);
}

}  // namespace
}  // namespace pomona
