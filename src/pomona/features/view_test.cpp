// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/view.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;

TEST(View, HasANameThatLeadsBackToIt) {
  for (const char* name : {"whole", "flip", "zoom75", "zoom10-flip", "zoom99", "whole@224",
                           "flip@16", "zoom75-flip@4096"}) {
    EXPECT_EQ(view_name(view_from_name(name)), name);
  }
  EXPECT_EQ(view_from_name("zoom75-flip"), (View{.percent = 75, .flip = true}));
  EXPECT_EQ(view_from_name("whole"), View());
  EXPECT_EQ(view_from_name("zoom75-flip@224"), (View{.percent = 75, .flip = true, .size = 224}));
}

TEST(View, RefusesOtherNames) {
  for (const char* name : {"",
                           "zoom",
                           "zoom5",
                           "zoom05",
                           "zoom100",
                           "zoom-75",
                           "zoom7x",
                           "zoom+5",
                           "whole-flip",
                           "zoom75-flop",
                           "Whole",
                           "zoom75-flip-flip",
                           "zoom075",
                           "whole@",
                           "whole@15",
                           "whole@4097",
                           "whole@0224",
                           "whole@2x",
                           "@224",
                           "whole@224@320",
                           "zoom75@224-flip",
                           "whole@-224"}) {
    EXPECT_THROW(view_from_name(name), Error) << name;
  }
}

TEST(View, SeveralAreDifferentOnes) {
  EXPECT_THAT(view_names(views_from_names({"whole", "zoom75-flip"})),
              ElementsAre("whole", "zoom75-flip"));
  EXPECT_THROW(views_from_names({"whole", "flip", "flip"}), Error);
  EXPECT_THROW(views_from_names({"flip", "whole"}), Error);
  EXPECT_THROW(views_from_names({}), Error);
  std::vector<std::string> many = {"whole"};
  for (int percent = 20; many.size() <= kMostViews; ++percent) {
    many.push_back("zoom" + std::to_string(percent));
  }
  EXPECT_THROW(views_from_names(many), Error);
  many.pop_back();
  EXPECT_EQ(views_from_names(many).size(), kMostViews);
}

TEST(View, SizesAreThoseOfTheViewsOnce) {
  const auto sizes = [](const std::vector<std::string>& names, int size) {
    return sizes_of_views(views_from_names(names), size);
  };
  EXPECT_THAT(sizes({"whole", "flip"}, 320), ElementsAre(320));
  EXPECT_THAT(sizes({"whole", "flip@224", "zoom75@448", "zoom75@224"}, 320),
              ElementsAre(320, 224, 448));
  EXPECT_THAT(sizes({"whole", "flip@320"}, 320), ElementsAre(320)) << "no other view is like it";
  EXPECT_THAT(sizes({"whole", "flip@16", "flip@17", "flip@18"}, 320), ElementsAre(320, 16, 17, 18));
  EXPECT_THROW(sizes({"whole", "flip@16", "flip@17", "flip@18", "flip@19"}, 320), Error);
  EXPECT_THROW(sizes({"whole", "whole@320"}, 320), Error);
  EXPECT_THROW(sizes({"whole", "zoom75@224", "zoom75"}, 224), Error);
}

}  // namespace
}  // namespace pomona
