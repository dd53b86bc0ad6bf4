// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/described_prediction.h"

#include <gmock/gmock.h>

namespace pomona {
namespace {

Prediction two_answers(double second) {
  Prediction prediction;
  prediction.answers = {{"apple", 0.6, true}, {"pear", second, false}};
  return prediction;
}

TEST(DescribedPrediction, WithoutACatalogueLabelsStandForKinds) {
  const DescribedPrediction described =
      describe_prediction("a.jpg", two_answers(0.2), Catalogue(), Language::kEnglish, /*top=*/1);
  ASSERT_EQ(described.kinds.size(), 1U);
  EXPECT_EQ(described.kinds[0].name, "apple");
  EXPECT_FALSE(described.kinds[0].scientific_name);
  EXPECT_TRUE(described.kinds[0].studio_only);
  EXPECT_FALSE(described.confusable);
  EXPECT_EQ(prediction_json(described).dump(),
            R"({"path":"a.jpg","refused":null,"ood_score":null,"kinds":[{"id":"apple",)"
            R"("name":"apple","scientific_name":null,"family":null,"probability":0.6,)"
            R"("studio_only":true}],"confusable":null,"variety":null,"facts":[]})");
}

TEST(DescribedPrediction, ASecondAnswerHalfAsProbableAsTheFirstIsConfusable) {
  const auto confusable = [](double second) {
    return describe_prediction("a.jpg", two_answers(second), Catalogue(), Language::kEnglish, 3)
        .confusable;
  };
  EXPECT_EQ(confusable(0.3).value_or(Confusable()).id, "pear");
  EXPECT_FALSE(confusable(0.29));
}

TEST(DescribedPrediction, ARejectedOneHasKindsAloneAndAFailureNothing) {
  Prediction prediction = two_answers(0.5);
  prediction.variety = VarietyAnswer{"Gala", 0.9};
  prediction.rejected = RejectionReason::kUnknownKind;
  const DescribedPrediction rejected =
      describe_prediction("a.jpg", prediction, Catalogue(), Language::kEnglish, 3);
  EXPECT_EQ(rejected.rejected, "unknown_kind");
  EXPECT_EQ(rejected.kinds.size(), 2U);
  EXPECT_FALSE(rejected.confusable || rejected.variety);
  prediction.failure = PredictionFailure{"truncated", "it ends early"};
  const Json json =
      prediction_json(describe_prediction("a.jpg", prediction, Catalogue(), Language::kEnglish, 3));
  EXPECT_EQ(json.at("refused"), "unreadable");
  EXPECT_TRUE(json.at("kinds").empty());
  EXPECT_EQ(json.at("failure").at("kind"), "truncated");
}

}  // namespace
}  // namespace pomona
