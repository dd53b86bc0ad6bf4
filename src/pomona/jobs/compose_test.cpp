// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/compose.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::StartsWith;
using testing::ThrowsMessage;

ComposeOptions good_compose_options() {
  ComposeOptions options;
  options.input.images = {"/nowhere/studio"};
  options.output.out = testing::TempDir() + "/compose_test_out";
  return options;
}

template <class Change>
void expect_compose_refused(const std::string& field, const Change& change) {
  ComposeOptions options = good_compose_options();
  change(options);
  Progress progress;
  EXPECT_THAT([&] { compose(options, progress, {}); },
              ThrowsMessage<Error>(StartsWith(field + ": expected ")));
}

TEST(ComposeOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(good_compose_options().check());
  expect_compose_refused("images", [](ComposeOptions& options) { options.input.images.clear(); });
  expect_compose_refused("out", [](ComposeOptions& options) { options.output.out.clear(); });
  for (const std::size_t count : {0U, 100'000U}) {
    expect_compose_refused("count", [&](ComposeOptions& options) { options.count = count; });
  }
  for (const int size : {-320, 0, 31, 1025}) {
    expect_compose_refused("size", [&](ComposeOptions& options) { options.size = size; });
  }
  expect_compose_refused("workers", [](ComposeOptions& options) { options.workers = 257; });
  expect_compose_refused("max_scans",
                         [](ComposeOptions& options) { options.limits.max_scans = 0; });
}

}  // namespace
}  // namespace pomona
