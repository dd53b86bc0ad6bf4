// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/self_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "pomona/base/error.h"
#include "pomona/predict/made_up_predictor.h"

namespace pomona {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SelfCheckTest : public ::testing::Test {
 protected:
  // What the check throws; "" when it passes.
  std::string problem(std::size_t cases = 1) const {
    try {
      run_self_check(bundle_, networks_, cases);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
      return error.what();
    }
    return "";
  }
  SelfCheckCase& first() { return bundle_.self_check.cases.front(); }
  // By how much features may be off.
  double room() const {
    float largest = 0;
    for (const float value : bundle_.self_check.cases.front().features) {
      largest = std::max(largest, std::abs(value));
    }
    return bundle_.self_check.tolerances.at("f32").features * static_cast<double>(largest);
  }

  Bundle bundle_ = tiny_predicting_bundle({"whole", "flip"}, 4);
  CropNetworks networks_ = make_tiny_networks(extract_setup_of(bundle_, /*slots=*/1));
};

TEST_F(SelfCheckTest, PassesWhatTheBundleWasMadeWith) {
  EXPECT_EQ(first().features.size(), static_cast<std::size_t>(kTinyFeatureCount));
  EXPECT_EQ(first().probabilities.size(), 4U);
  EXPECT_EQ(problem(), "");
}

TEST_F(SelfCheckTest, AllowsFeaturesToBeOffByTheirToleranceAndNoMore) {
  const float expected = first().features[3];
  for (const double sign : {-1.0, 1.0}) {
    first().features[3] = expected + static_cast<float>(sign * 0.9 * room());
    EXPECT_EQ(problem(), "") << sign;
    first().features[3] = expected + static_cast<float>(sign * 1.2 * room());
    EXPECT_THAT(problem(), AllOf(HasSubstr("at most 0.0001 expected"), HasSubstr("0.00012"),
                                 HasSubstr("make the bundle anew")))
        << sign;
  }
}

TEST_F(SelfCheckTest, AllowsProbabilitiesToBeOffByTheirToleranceAndNoMore) {
  const double expected = first().probabilities[2];
  first().probabilities[2] = expected + 0.9e-3;
  EXPECT_EQ(problem(), "");
  first().probabilities[2] = expected - 1.5e-3;
  EXPECT_THAT(problem(), HasSubstr("its probabilities by 0.0015 (at most 0.001)"));
}

TEST_F(SelfCheckTest, WantsAToleranceForItsPrecision) {
  bundle_.self_check.tolerances.erase("f32");
  EXPECT_THAT(problem(), HasSubstr("no tolerance for its precision f32"));
}

TEST_F(SelfCheckTest, LooksAtAsManyCasesAsAsked) {
  SelfCheckCase wrong = first();
  wrong.seed = 1;  // another picture than the answer is for
  bundle_.self_check.cases.push_back(wrong);
  EXPECT_EQ(problem(/*cases=*/1), "");
  EXPECT_NE(problem(/*cases=*/2), "");
  EXPECT_NE(problem(/*cases=*/100), "") << "it has but two";
}

TEST_F(SelfCheckTest, NeedsNoClassifier) {
  bundle_.classifier_kind = ClassifierKind::kNone;
  const auto cases = answer_self_check(bundle_, networks_, kSelfCheckCases);
  ASSERT_EQ(cases.size(), kSelfCheckCases);
  EXPECT_TRUE(cases[0].probabilities.empty());
  EXPECT_EQ(cases[0].features, first().features);
  EXPECT_NE(cases[1].features, cases[0].features);
}

}  // namespace
}  // namespace pomona
