// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/fit.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

TEST(Fit, HasNamesThatLeadBack) {
  EXPECT_EQ(fit_name(Fit::kPad), "pad");
  for (const Fit fit : {Fit::kSquash, Fit::kCrop, Fit::kPad}) {
    EXPECT_EQ(fit_from_name(fit_name(fit)), fit);
  }
  EXPECT_THROW(fit_from_name("stretch"), Error);
}

}  // namespace
}  // namespace pomona
