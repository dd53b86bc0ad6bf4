// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/engine_rate.h"

#include <gtest/gtest.h>

#include "pomona/backbone/tiny_featurizer.h"

namespace pomona {
namespace {

TEST(EngineRate, CountsPicturesOfAllSlots) {
  FeaturizerOptions options;
  options.slots = 2;
  EXPECT_GT(measure_engine_rate(*make_tiny_featurizer(options), 0.01), 0);
}

}  // namespace
}  // namespace pomona
