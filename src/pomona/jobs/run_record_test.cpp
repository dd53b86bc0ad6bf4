// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run_record.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

// The fingerprint of a run is made of these: an option that is missing here would let the result
// of another run look complete.
TEST(RunRecord, HoldsEveryOptionThatChangesWhatIsLearnt) {
  std::vector<TrainOptions> others(8);
  others[0].classifier = ClassifierKind::kRidge;
  others[1].catalogue = "/catalogue.csv";
  others[2].backbone_classes = "/classes.csv";
  others[3].studio = {"fruits"};
  others[4].adapt = {"fruits"};
  others[5].folds = 5;
  others[6].reject_rate = 0.01;
  others[7].c = 2;
  const Json one = options_json(TrainOptions());
  for (std::size_t i = 0; i < others.size(); ++i) EXPECT_NE(options_json(others[i]), one) << i;
}

TEST(RunRecord, HoldsComponentsAsGivenUntilTheirNumberIsKnown) {
  EXPECT_EQ(options_json(ReduceOptions()), Json({{"components", nullptr}, {"scale", true}}));
  EXPECT_EQ(options_json(ReduceOptions(), 40), Json({{"components", 40}, {"scale", true}}));
  const ReduceOptions count{ComponentCount{7}, false};
  EXPECT_EQ(options_json(count), Json({{"components", 7}, {"scale", false}}));
  const ReduceOptions share{VarianceShare{0.5}, true};
  EXPECT_EQ(options_json(share), Json({{"components", 0.5}, {"scale", true}}));
  EXPECT_EQ(options_json(share, 40), Json({{"components", 0.5}, {"scale", true}}));
}

}  // namespace
}  // namespace pomona
