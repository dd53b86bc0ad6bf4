// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/linked_rows.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

TEST(LinkedRows, KnowsASetByItsFirstRowInWhateverOrderItIsLinked) {
  LinkedRows rows(6);
  rows.link(5, 4);
  rows.link(1, 2);
  rows.link(2, 5);
  rows.link(4, 4);
  for (const std::size_t row : {1U, 2U, 4U, 5U}) EXPECT_EQ(rows.first_of(row), 1);
  EXPECT_EQ(rows.first_of(0), 0);
  EXPECT_EQ(rows.first_of(3), 3);
}

}  // namespace
}  // namespace pomona
