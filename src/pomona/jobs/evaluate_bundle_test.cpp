// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/evaluate_bundle.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::StartsWith;
using testing::ThrowsMessage;

EvaluateOptions good_evaluate_bundle_options() {
  EvaluateOptions options;
  options.bundle = "/nowhere/bundle";
  options.input.images = {"/nowhere/photographs"};
  return options;
}

template <class Change>
void expect_evaluate_bundle_refused(const std::string& message, const Change& change) {
  EvaluateOptions options = good_evaluate_bundle_options();
  change(options);
  Progress progress;
  EXPECT_THAT([&] { evaluate_bundle(options, progress, {}); },
              ThrowsMessage<Error>(StartsWith(message)));
}

TEST(EvaluateOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(good_evaluate_bundle_options().check());
  expect_evaluate_bundle_refused("bundle: ",
                                 [](EvaluateOptions& options) { options.bundle.clear(); });
  expect_evaluate_bundle_refused("images: ",
                                 [](EvaluateOptions& options) { options.input.images.clear(); });
  expect_evaluate_bundle_refused("stores: ",
                                 [](EvaluateOptions& options) { options.input.stores = nullptr; });
  expect_evaluate_bundle_refused("group '('",
                                 [](EvaluateOptions& options) { options.input.split.group = "("; });
  expect_evaluate_bundle_refused("workers: ",
                                 [](EvaluateOptions& options) { options.workers = 257; });
  for (const double share : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    expect_evaluate_bundle_refused("max_failures: expected 0 to 1, found ",
                                   [&](EvaluateOptions& options) { options.max_failures = share; });
  }
}

}  // namespace
}  // namespace pomona
