// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/logits_head.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/features/golden_network.h"

namespace pomona {
namespace {

TEST(LogitsHead, MakesOfFeaturesWhatTheWholeNetworkDoes) {
  const GoldenAnswers golden = golden_answers();
  LogitsHead head(golden_backbone());
  ASSERT_EQ(head.logit_count(), golden.logits[0].size());
  // More rows than are computed at once.
  Matrix<float> features(35, golden.features[0].size());
  for (std::size_t i = 0; i < features.rows(); ++i) {
    std::ranges::copy(golden.features[i % 2], features.row(i).begin());
  }
  Matrix<float> logits(features.rows(), head.logit_count());
  head.logits(features.view(), logits.view());
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    for (std::size_t j = 0; j < logits.cols(); ++j) {
      EXPECT_NEAR(logits(i, j), golden.logits[i % 2][j], 1e-4);
      EXPECT_EQ(logits(i, j), logits(i % 2, j));
    }
  }
}

TEST(LogitsHead, SaysWhenThereAreOtherLogitsThanTold) {
  Backbone backbone = golden_backbone();
  ++backbone.spec.logit_count;
  EXPECT_THAT([&] { LogitsHead head(backbone); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("expected logits of shape")));
  backbone.network_xml = "<net";
  EXPECT_THROW(LogitsHead head(backbone), Error);
}

TEST(LogitsHead, SaysWhenLogitsWereNotKept) {
  Backbone backbone = golden_backbone();
  backbone.spec.logit_count = 0;
  EXPECT_THAT([&] { LogitsHead head(backbone); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("--logits")));
}

}  // namespace
}  // namespace pomona
