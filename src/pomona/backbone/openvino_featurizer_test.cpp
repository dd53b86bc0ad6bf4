// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/openvino_featurizer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "pomona/backbone/golden_network.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::HasSubstr;

void expect_close(std::span<const float> found, const std::vector<float>& expected, float share) {
  ASSERT_EQ(found.size(), expected.size());
  float largest = 0;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], share * largest) << "at " << i;
  }
}

// Two golden pictures and a row that nobody filled.
void expect_golden(const Backbone& backbone, Precision precision, float share) {
  FeaturizerOptions options;
  options.batch = 3;
  options.precision = precision;
  const auto featurizer = make_openvino_featurizer(backbone, options);
  const GoldenAnswers golden = golden_answers();
  for (std::size_t row = 0; row < 2; ++row) {
    fill_golden_picture(row, backbone.spec.layout, featurizer->input(0, row));
  }
  featurizer->submit(0);
  const MatrixView<const float> features = featurizer->collect(0);
  for (std::size_t row = 0; row < 2; ++row) {
    expect_close(features.row(row), golden.features[row], share);
  }
}

std::string preparing(const Backbone& backbone, const FeaturizerOptions& options) {
  try {
    make_openvino_featurizer(backbone, options);
    return "nothing";
  } catch (const Error& error) {
    return std::string(error_kind_name(error.kind())) + ": " + error.what();
  }
}

// Tight enough to tell bf16, which OpenVINO would choose by itself where the processor has it.
TEST(OpenVinoFeaturizer, RefusesMorePixelsAtOnceThanMemoryBears) {
  FeaturizerOptions options;
  options.size = 1024;
  options.batch = 17;
  EXPECT_THAT(preparing(golden_backbone(), options),
              HasSubstr("invalid_input: batch: 17 pictures of 1024 pixels a side"));
}

TEST(OpenVinoFeaturizer, AnswersAsOnnxRuntimeDoes) {
  expect_golden(golden_backbone(), Precision::kF32, 1e-5F);
}

TEST(OpenVinoFeaturizer, TakesEitherLayout) {
  const Backbone backbone = import_backbone(golden_network_path("tiny_nhwc.onnx"),
                                            golden_import_options(TensorLayout::kNhwc));
  expect_golden(backbone, Precision::kF32, 1e-5F);
}

TEST(OpenVinoFeaturizer, ComputesBf16WhereTheProcessorDoesAndRefusesElsewhere) {
  const std::vector<Precision> native = native_precisions();
  ASSERT_EQ(native.front(), Precision::kF32);
  if (native.size() > 1) {
    expect_golden(golden_backbone(), Precision::kBf16, 0.05F);
    return;
  }
  FeaturizerOptions options;
  options.precision = Precision::kBf16;
  EXPECT_THAT(preparing(golden_backbone(), options),
              AllOf(HasSubstr("invalid_input"), HasSubstr("bf16"), HasSubstr("use precision f32")));
}

TEST(OpenVinoFeaturizer, ChoosesAPrecisionTheProcessorHas) {
  EXPECT_THAT(native_precisions(), testing::Contains(choose_precision(golden_backbone(), 32)));
  if (native_precisions().size() == 1) return;
  std::stop_source stop;
  stop.request_stop();
  try {
    choose_precision(golden_backbone(), 32, stop.get_token());
    FAIL() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
}

TEST(OpenVinoFeaturizer, SaysItsVersion) { EXPECT_THAT(openvino_version(), HasSubstr("2026.")); }

TEST(OpenVinoFeaturizer, OutlivesTheBackboneItWasMadeOf) {
  FeaturizerOptions options;
  options.batch = 1;
  std::unique_ptr<Featurizer> featurizer;
  {
    Backbone backbone = golden_backbone();
    featurizer = make_openvino_featurizer(backbone, options);
    std::ranges::fill(backbone.network_bin, '\xff');
  }
  fill_golden_picture(1, TensorLayout::kNchw, featurizer->input(0, 0));
  featurizer->submit(0);
  expect_close(featurizer->collect(0).row(0), golden_answers().features[1], 1e-5F);
}

TEST(OpenVinoFeaturizer, NoticesANetworkThatIsNone) {
  Backbone backbone = golden_backbone();
  backbone.network_bin.resize(backbone.network_bin.size() / 2);
  EXPECT_THAT(preparing(backbone, {}), AllOf(HasSubstr("corrupt: preparing backbone tiny"),
                                             HasSubstr("import the network with this version")));
  backbone = golden_backbone();
  backbone.network_xml.resize(backbone.network_xml.size() / 2);
  EXPECT_THAT(preparing(backbone, {}), HasSubstr("corrupt: preparing backbone tiny"));
}

TEST(OpenVinoFeaturizer, NoticesADescriptionThatDoesNotFit) {
  Backbone backbone = golden_backbone();
  backbone.spec.feature_count = 47;
  EXPECT_THAT(preparing(backbone, {}), AllOf(HasSubstr("invalid_input"), HasSubstr("[8,48]"),
                                             HasSubstr("expected 47 numbers")));
  backbone = golden_backbone();
  backbone.spec.layout = TensorLayout::kNhwc;
  EXPECT_THAT(preparing(backbone, {}), AllOf(HasSubstr("invalid_input"), HasSubstr("32 pixels")));
}

// The network whose bits matter most; the conformance suite tries a small one.
TEST(OpenVinoFeaturizer, BitsDependOnThePictureAlone) {
  Backbone backbone;
  try {
    backbone = read_backbone(POMONA_SOURCE "/build/models", "efficientnet-lite0");
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  std::vector<float> expected;
  for (const std::size_t slots : {std::size_t{1}, std::size_t{2}}) {
    FeaturizerOptions options;
    options.size = 128;
    options.batch = 3;
    options.slots = slots;
    options.threads = 3 - slots;
    const auto featurizer = make_openvino_featurizer(backbone, options);
    for (std::size_t slot = 0; slot < slots; ++slot) {
      for (std::size_t place = 0; place < 3; ++place) {
        for (std::size_t row = 0; row < 3; ++row) {
          const std::size_t other = std::size_t{1} + slot + place + row;
          fill_golden_picture(row == place ? 0 : other, TensorLayout::kNchw,
                              featurizer->input(slot, row));
        }
        featurizer->submit(slot);
        const auto found = featurizer->collect(slot).row(place);
        if (expected.empty()) expected.assign(found.begin(), found.end());
        EXPECT_TRUE(std::ranges::equal(found, expected)) << "slot " << slot << " row " << place;
      }
    }
  }
}

}  // namespace
}  // namespace pomona
