// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/source_of.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(SourceOfTest, IsTheFirstPartOfThePath) {
  EXPECT_EQ(source_of("shop/Kiwi/1.jpg"), "shop");
  EXPECT_EQ(source_of("1.jpg"), "1.jpg");
  EXPECT_TRUE(is_of_sources("shop/Kiwi/1.jpg", {"studio", "shop"}));
  EXPECT_FALSE(is_of_sources("shopping/Kiwi/1.jpg", {"studio", "shop"}));
  EXPECT_FALSE(is_of_sources("shop/Kiwi/1.jpg", {}));
}

}  // namespace
}  // namespace pomona
