// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/train.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::StartsWith;
using testing::ThrowsMessage;

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

void expect_refused(const TrainOptions& options, const std::string& field) {
  EXPECT_THAT([&] { options.check(); }, ThrowsMessage<Error>(StartsWith(field + ": expected ")));
}

TEST(TrainOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(TrainOptions().check());
  EXPECT_NO_THROW((TrainOptions{.folds = 2, .reject_rate = 0.5, .c = 1e6}.check()));
  for (const std::size_t folds : {1U, 101U}) expect_refused({.folds = folds}, "folds");
  for (const double share : {-0.1, 0.6, kNotANumber}) {
    expect_refused({.reject_rate = share}, "reject_rate");
  }
  for (const double c : {0.0, -1.0, 1e7, kNotANumber}) expect_refused({.c = c}, "c");
  expect_refused({.workers = 257}, "workers");
}

}  // namespace
}  // namespace pomona
