// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run_on_features.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::StartsWith;
using testing::ThrowsMessage;

template <class Change>
void expect_run_on_features_refused(const std::string& message, const Change& change) {
  FromFeaturesOptions options;
  options.features = "/nowhere/results";
  options.output.out = testing::TempDir() + "/run_on_features_test_out";
  EXPECT_NO_THROW(options.check());
  change(options);
  Progress progress;
  const auto refuses = ThrowsMessage<Error>(StartsWith(message));
  EXPECT_THAT([&] { run_reduce(options, progress, {}); }, refuses);
  EXPECT_THAT([&] { run_train(options, progress, {}); }, refuses);
}

TEST(FromFeaturesOptionsTest, BoundsNameTheField) {
  expect_run_on_features_refused("features: ",
                                 [](FromFeaturesOptions& options) { options.features.clear(); });
  expect_run_on_features_refused("out: ",
                                 [](FromFeaturesOptions& options) { options.output.out.clear(); });
  expect_run_on_features_refused("components: ", [](FromFeaturesOptions& options) {
    options.reduce.components = VarianceShare{2};
  });
  expect_run_on_features_refused("c: ", [](FromFeaturesOptions& options) { options.train.c = 0; });
  expect_run_on_features_refused("group '('",
                                 [](FromFeaturesOptions& options) { options.group = "("; });
  for (const double distance : {-1.0, 2.1, std::numeric_limits<double>::quiet_NaN()}) {
    expect_run_on_features_refused("near_duplicates: expected ", [&](FromFeaturesOptions& options) {
      options.near_duplicates = distance;
    });
  }
}

}  // namespace
}  // namespace pomona
