// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/output_names.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(OutputNames, OfPhotographsOnlyThoseThatWereComposedAreOurs) {
  EXPECT_EQ(composed_name(7), "compose-00007.jpg");
  EXPECT_EQ(composed_name(123'456), "compose-123456.jpg");
  EXPECT_TRUE(is_output("photographs/a/Banana/compose-00007.jpg"));
  EXPECT_TRUE(is_output("photographs/compose-123456.jpg"));
  for (const char* name : {"compose-0007.jpg", "compose-00007.png", "compose-0000x.jpg",
                           "my-compose-00007.jpg", "compose-.jpg", "IMG_0001.jpg"}) {
    EXPECT_FALSE(is_output(std::string("photographs/Banana/") + name)) << name;
  }
  EXPECT_FALSE(is_output("photographs"));
  EXPECT_TRUE(is_output("contact_sheet.jpg"));
  EXPECT_TRUE(is_output("features/compose.txt"));
}

}  // namespace
}  // namespace pomona
