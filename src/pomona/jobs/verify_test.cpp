// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/verify.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

TEST(VerifyOptionsTest, BoundsNameTheField) {
  Progress progress;
  EXPECT_NO_THROW(VerifyOptions{.out = "/nowhere"}.check());
  EXPECT_THAT([&] { verify({}, progress, {}); },
              testing::ThrowsMessage<Error>("out: expected the folder of a run, found none"));
  EXPECT_THAT([&] { verify({.out = "/nowhere", .stores = nullptr}, progress, {}); },
              testing::ThrowsMessage<Error>(testing::StartsWith("stores: ")));
}

}  // namespace
}  // namespace pomona
