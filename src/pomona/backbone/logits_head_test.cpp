// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/logits_head.h"

#include <gmock/gmock.h>

#include <memory>
#include <openvino/openvino.hpp>
#include <openvino/pass/serialize.hpp>
#include <sstream>

#include "pomona/backbone/golden_network.h"
#include "pomona/backbone/openvino_network.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

TEST(LogitsHead, MakesOfFeaturesWhatTheWholeNetworkDoes) {
  const GoldenAnswers golden = golden_answers();
  const LogitsHead head(golden_backbone());
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
              testing::ThrowsMessage<Error>(testing::HasSubstr("import it with logits_output")));
}

TEST(LogitsHead, TellsWhatFeaturesAreMultipliedBy) {
  const LogitsHead head(golden_backbone());
  const Matrix<float>& weights = head.weights();
  Matrix<float> features(2, weights.cols());
  for (std::size_t j = 0; j < features.cols(); ++j) {
    features(1, j) = static_cast<float>(j % 7) / 3 - 1;
  }
  Matrix<float> logits(2, head.logit_count());
  head.logits(features.view(), logits.view());
  for (std::size_t k = 0; k < weights.rows(); ++k) {
    float expected = logits(0, k);
    for (std::size_t j = 0; j < features.cols(); ++j) expected += weights(k, j) * features(1, j);
    EXPECT_NEAR(logits(1, k), expected, 1e-4) << "logit " << k;
  }
}

// The same network, with a softmax where its logits were.
Backbone with_softmax(Backbone backbone) {
  const std::shared_ptr<ov::Model> network =
      read_network(backbone.network_xml, backbone.network_bin);
  for (const auto& result : network->get_results()) {
    if (result->output(0).get_names().count(kLogitsOutput) == 0) continue;
    const auto softmax = std::make_shared<ov::op::v8::Softmax>(result->input_value(0), 1);
    result->input(0).replace_source_output(softmax);
    softmax->output(0).set_names({kLogitsOutput});
  }
  std::ostringstream xml;
  std::ostringstream bin;
  ov::pass::Serialize(xml, bin).run_on_model(network);
  backbone.network_xml = xml.str();
  backbone.network_bin = bin.str();
  return backbone;
}

TEST(LogitsHead, RefusesWeightsOfWhatIsNoSum) {
  const Backbone backbone = with_softmax(golden_backbone());
  EXPECT_THAT([&] { const LogitsHead head(backbone); },
              testing::ThrowsMessage<Error>(testing::AllOf(testing::HasSubstr("backbone tiny"),
                                                           testing::HasSubstr("before softmax"))));
}

}  // namespace
}  // namespace pomona
