// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/near_misses.h"

#include <gmock/gmock.h>

namespace pomona {
namespace {

using testing::HasSubstr;

using Labels = std::vector<std::string>;

TEST(NearMisses, OfLabelsAmongThemselvesEachPairIsNamedOnce) {
  const Labels labels = {"", "Apple Red", "Apple Red 1", "Pear", "apple_red"};
  const std::string warning = near_miss_warning(labels, labels);
  EXPECT_THAT(warning, HasSubstr("1 label differs"));
  EXPECT_THAT(warning, HasSubstr("'apple_red' from 'Apple Red'"));
  EXPECT_EQ(near_miss_warning({"Apple", "Pear"}, {"Apple", "Pear"}), "");
}

TEST(NearMisses, OfLabelsOfATestThoseOfTheModelAreNamed) {
  EXPECT_THAT(near_miss_warning({"apple", "Pear"}, {"Apple", "Pear"}),
              HasSubstr("'apple' from 'Apple'"));
  EXPECT_EQ(near_miss_warning({"Fig", "Pear"}, {"Apple", "Pear"}), "");
}

TEST(NearMisses, ManyAreCounted) {
  Labels labels;
  Labels known;
  for (int i = 0; i < 12; ++i) {
    labels.push_back("label " + std::to_string(i));
    known.push_back("Label " + std::to_string(i));
  }
  const std::string warning = near_miss_warning(labels, known);
  EXPECT_THAT(warning, HasSubstr("12 labels differ"));
  EXPECT_THAT(warning, HasSubstr("'label 4' from 'Label 4' and more"));
  EXPECT_THAT(warning, testing::Not(HasSubstr("label 5")));
}

}  // namespace
}  // namespace pomona
