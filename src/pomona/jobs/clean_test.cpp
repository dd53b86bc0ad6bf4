// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/clean.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

TEST(CleanOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(CleanOptions{.out = "/nowhere"}.check());
  EXPECT_THAT([] { clean({}); },
              testing::ThrowsMessage<Error>("out: expected an output folder, found none"));
  EXPECT_THAT([] { clean({.out = "/nowhere", .stores = nullptr}); },
              testing::ThrowsMessage<Error>(testing::StartsWith("stores: ")));
}

}  // namespace
}  // namespace pomona
