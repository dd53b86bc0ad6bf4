// SPDX-License-Identifier: Apache-2.0
// Networks made up for one question each are in network_input_test.cpp; formats other than ONNX and
// IR are tried by tests/backbones, which has the exporters.
#include "pomona/backbone/import_backbone.h"

#include <gmock/gmock.h>

#include <cmath>

#include "pomona/backbone/imported.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ImportBackbone, KeepsWhatItIsToldAndCountsTheRest) {
  const Backbone backbone = golden_backbone();
  EXPECT_EQ(backbone.spec.name, "tiny");
  EXPECT_EQ(backbone.spec.feature_count, 48);
  EXPECT_EQ(backbone.spec.logit_count, 5);
  EXPECT_EQ(backbone.spec.source, "tools/golden_tiny_network.py");
  EXPECT_EQ(backbone.license_text, "the text of its licence\n");
  EXPECT_EQ(backbone.digest, backbone_digest(backbone.network_xml, backbone.network_bin));
}

TEST(ImportBackbone, BoundsNameTheField) {
  const auto expect_refused = [](const std::string& field, const auto& change) {
    ImportOptions options = golden_import_options();
    EXPECT_NO_THROW(options.check());
    change(options);
    EXPECT_THAT(importing("/nowhere.onnx", options),
                HasSubstr("invalid_input: " + field + ": expected "))
        << "before a file is read";
  };
  const float no_number = std::nanf("");
  expect_refused("name", [](ImportOptions& options) { options.spec.name = ""; });
  for (const int size : {0, -1, 4097}) {
    expect_refused("size", [&](ImportOptions& options) { options.spec.size = size; });
  }
  expect_refused("mean", [&](ImportOptions& options) { options.mean = {1, no_number, 1}; });
  for (const float std_dev : {0.F, -1.F, no_number}) {
    expect_refused("std_dev", [&](ImportOptions& options) { options.std_dev = {1, 1, std_dev}; });
  }
}

// In one process: OpenVINO goes on counting the nodes it makes.
TEST(ImportBackbone, GivesTheSameBytesEveryTime) {
  const Backbone first = golden_backbone();
  ImportOptions options = golden_import_options();
  options.spec.name = "other";
  const Backbone second = import_backbone(golden_network_path("tiny.onnx"), options);
  EXPECT_EQ(second.network_xml, first.network_xml);
  EXPECT_EQ(second.network_bin, first.network_bin);
}

TEST(ImportBackbone, TellsNothingOfWhereItWasMade) {
  const std::string xml = golden_backbone().network_xml;
  EXPECT_THAT(xml, testing::Not(testing::AnyOf(HasSubstr(POMONA_GOLDEN), HasSubstr("tiny"),
                                               HasSubstr("Runtime_version"))));
}

TEST(ImportOptionsCheck, NamesTheField) {
  const auto message = [](auto change) {
    ImportOptions options = golden_import_options();
    change(options);
    return importing(golden_network_path("tiny.onnx"), options);
  };
  EXPECT_THAT(message([](ImportOptions& o) { o.spec.size = 2000; }), HasSubstr("size: expected"));
  EXPECT_THAT(message([](ImportOptions& o) {
                o.std_dev = {1, 0, 1};
              }),
              HasSubstr("std_dev: expected"));
  EXPECT_THAT(message([](ImportOptions& o) { o.mean = {0, NAN, 0}; }), HasSubstr("mean: expected"));
  EXPECT_THROW(pool_from_name("max"), Error);
  EXPECT_EQ(pool_from_name(pool_name(Pool::kCls)), Pool::kCls);
}

TEST(ImportBackbone, RefusesTheWrongLayout) {
  ImportOptions options = golden_import_options(TensorLayout::kNhwc);
  EXPECT_THAT(importing(golden_network_path("tiny.onnx"), options),
              AllOf(HasSubstr("invalid_input"), HasSubstr("layout: "), HasSubstr("as NCHW")));
}

TEST(ImportBackbone, TakesAnOutputByTheNameOfANode) {
  const Backbone by_node = import_backbone(golden_network_path("tiny.onnx"), asking_for("pool"));
  EXPECT_EQ(by_node.spec.feature_count, 48);
  EXPECT_EQ(by_node.spec.logit_count, 0);
  EXPECT_EQ(features_of(by_node), features_of(golden_backbone()));
}

TEST(ImportBackbone, AveragesASpatialMap) {
  const Backbone averaged = import_backbone(golden_network_path("tiny.onnx"), asking_for("map"));
  const std::vector<float> expected = golden_answers().features[0];
  const std::vector<float> found = features_of(averaged);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 1e-5);
}

TEST(ImportBackbone, NamesTheOutputsThereAre) {
  const std::string path = golden_network_path("tiny.onnx");
  EXPECT_THAT(importing(path, asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("has 2 outputs"),
                    HasSubstr("features [?,48], logits [?,5]")));
  EXPECT_THAT(importing(path, asking_for("embedding")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("\"embedding\""),
                    HasSubstr("outputs are features [?,48]"), HasSubstr("last nodes are")));
  EXPECT_THAT(importing(path, asking_for("poo")), HasSubstr("such a name are pool [?,48,1,1]"));
}

TEST(ImportBackbone, RefusesFeaturesThatAreTheLogits) {
  ImportOptions options = asking_for("logits");
  options.logits_output = "logits";
  EXPECT_THAT(importing(golden_network_path("tiny.onnx"), options), HasSubstr("same output"));
}

}  // namespace
}  // namespace pomona
