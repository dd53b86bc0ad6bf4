// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/bench.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::StartsWith;
using testing::ThrowsMessage;

template <class Change>
void expect_bench_refused(const std::string& field, const Change& change) {
  BenchOptions options;
  options.images = "/nowhere/photographs";
  options.extract.models = "/nowhere/models";
  EXPECT_NO_THROW(options.check());
  change(options);
  Progress progress;
  EXPECT_THAT([&] { bench(options, progress, {}); },
              ThrowsMessage<Error>(StartsWith(field + ": expected ")));
}

TEST(BenchOptionsTest, BoundsNameTheField) {
  expect_bench_refused("images", [](BenchOptions& options) { options.images.clear(); });
  expect_bench_refused("batch", [](BenchOptions& options) { options.extract.batch = -1; });
  for (const double seconds : {0.0, 61.0, std::numeric_limits<double>::quiet_NaN()}) {
    expect_bench_refused("seconds", [&](BenchOptions& options) { options.seconds = seconds; });
  }
  expect_bench_refused("batches", [](BenchOptions& options) { options.batches.clear(); });
  expect_bench_refused("batches", [](BenchOptions& options) { options.batches = {1, 0}; });
}

}  // namespace
}  // namespace pomona
