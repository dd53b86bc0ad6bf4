// SPDX-License-Identifier: Apache-2.0
// Formats other than ONNX and IR are tried by tests/backbones, which has the exporters.
#include "pomona/backbone/import_backbone.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>

#include "pomona/backbone/golden_network.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;
namespace opset = ov::opset13;
using testing::AllOf;
using testing::HasSubstr;

std::string importing(const std::string& path, const ImportOptions& options) {
  try {
    import_backbone(path, options);
    return "nothing";
  } catch (const Error& error) {
    return std::string(error_kind_name(error.kind())) + ": " + error.what();
  }
}

ImportOptions asking_for(const std::string& features) {
  ImportOptions options = golden_import_options();
  options.features_output = features;
  options.logits_output.clear();
  return options;
}

std::vector<float> features_of(const Backbone& backbone) {
  FeaturizerOptions options;
  options.batch = 1;
  const auto featurizer = make_openvino_featurizer(backbone, options);
  fill_golden_picture(0, backbone.spec.layout, featurizer->input(0, 0));
  featurizer->submit(0);
  const auto row = featurizer->collect(0).row(0);
  return {row.begin(), row.end()};
}

class ForeignNetworks : public testing::Test {
 protected:
  ForeignNetworks()
      : folder_(fs::temp_directory_path() / ("pomona_import_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ForeignNetworks() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return (folder_ / name).string();
  }

  std::string write_ir(const ov::OutputVector& outputs, const ov::ParameterVector& inputs) const {
    const std::string path = (folder_ / "network.xml").string();
    ov::save_model(std::make_shared<ov::Model>(outputs, inputs), path, /*compress_to_fp16=*/false);
    return path;
  }

  static std::shared_ptr<opset::Parameter> picture(const ov::PartialShape& shape = {-1, 3, -1,
                                                                                    -1}) {
    return std::make_shared<opset::Parameter>(ov::element::f32, shape);
  }

  fs::path folder_;
};

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
    change(options.spec);
    EXPECT_THAT(importing("/nowhere.onnx", options),
                HasSubstr("invalid_input: " + field + ": expected "))
        << "before a file is read";
  };
  expect_refused("name", [](BackboneSpec& spec) { spec.name = ""; });
  for (const int size : {0, -1, 4097}) {
    expect_refused("size", [&](BackboneSpec& spec) { spec.size = size; });
  }
  expect_refused("mean", [](BackboneSpec& spec) { spec.mean[1] = std::nanf(""); });
  for (const float std_dev : {0.F, -1.F, std::nanf("")}) {
    expect_refused("std_dev", [&](BackboneSpec& spec) { spec.std_dev[2] = std_dev; });
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

TEST(ImportBackbone, RefusesTheWrongLayout) {
  ImportOptions options = golden_import_options(TensorLayout::kNhwc);
  EXPECT_THAT(importing(golden_network_path("tiny.onnx"), options),
              AllOf(HasSubstr("invalid_input"), HasSubstr("its layout NHWC")));
}

TEST_F(ForeignNetworks, RefusesWhatIsNotThere) {
  const std::string path = (folder_ / "nothing.onnx").string();
  EXPECT_THAT(importing(path, golden_import_options()), HasSubstr("not_found: importing " + path));
}

TEST_F(ForeignNetworks, RefusesChannelsInTheWrongPlace) {
  const auto input = picture({-1, 3, 32, 32});
  const auto relu = std::make_shared<opset::Relu>(input);
  ImportOptions options = asking_for("");
  options.spec.layout = TensorLayout::kNhwc;
  EXPECT_THAT(importing(write_ir({relu}, {input}), options),
              AllOf(HasSubstr("invalid_input"), HasSubstr("[?,3,32,32]"), HasSubstr("as NHWC"),
                    HasSubstr("check the layout")));
}

TEST_F(ForeignNetworks, RefusesUnknownFormats) {
  EXPECT_THAT(importing(write("network.pth", "bytes"), golden_import_options()),
              AllOf(HasSubstr("invalid_input"), HasSubstr("ONNX (.onnx)")));
  EXPECT_THAT(importing(folder_.string(), golden_import_options()), HasSubstr("invalid_input"));
}

TEST_F(ForeignNetworks, NamesWhatCarriesANetworksNameAndIsNone) {
  const auto importing_content = [&](const std::string& name, const std::string& content) {
    return importing(write(name, content), golden_import_options());
  };
  EXPECT_THAT(importing_content("empty.onnx", ""), HasSubstr("the file is empty"));
  EXPECT_THAT(importing_content("pointer.onnx",
                                "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
              AllOf(HasSubstr("pointer of Git LFS"), HasSubstr("git lfs pull")));
  EXPECT_THAT(importing_content("page.onnx", "\n<!DOCTYPE html><html></html>"),
              HasSubstr("the file is a web page"));
  EXPECT_THAT(importing_content("alone.xml", "<?xml version=\"1.0\"?><net/>"),
              HasSubstr("copy alone.bin beside it"));
  EXPECT_THAT(importing_content("noise.onnx", "\x08\x07 noise"), HasSubstr("is not whole"));
}

TEST_F(ForeignNetworks, NoticesDamagedFiles) {
  for (const char* name : {"a.onnx", "a.tflite", "a.xml"}) {
    EXPECT_THAT(importing(write(name, "no network at all"), golden_import_options()),
                HasSubstr("corrupt: importing "))
        << name;
  }
  fs::create_directories(folder_ / "saved");
  std::ofstream(folder_ / "saved" / "saved_model.pb") << "nor this";
  EXPECT_THAT(importing((folder_ / "saved").string(), golden_import_options()),
              HasSubstr("corrupt: importing "));
}

TEST_F(ForeignNetworks, TakesTheOnlyOutputOfAnIr) {
  const auto input = picture();
  const auto axes = opset::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto mean = std::make_shared<opset::ReduceMean>(input, axes);
  const Backbone backbone = import_backbone(write_ir({mean}, {input}), asking_for(""));
  EXPECT_EQ(backbone.spec.feature_count, 3);
}

TEST_F(ForeignNetworks, RefusesMoreThanOneInput) {
  const auto first = picture();
  const auto second = picture();
  const auto sum = std::make_shared<opset::Add>(first, second);
  EXPECT_THAT(importing(write_ir({sum}, {first, second}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("2 inputs")));
}

TEST_F(ForeignNetworks, RefusesInputsThatAreNoPictures) {
  const auto vector = picture({-1, 10});
  const auto relu = std::make_shared<opset::Relu>(vector);
  EXPECT_THAT(importing(write_ir({relu}, {vector}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("expected f32 of rank 4")));
}

TEST_F(ForeignNetworks, RefusesABatchThatIsBuiltIn) {
  const auto input = picture({1, 3, 32, 32});
  const auto shape = opset::Constant::create(ov::element::i64, {2}, {1, 3 * 32 * 32});
  const auto flat = std::make_shared<opset::Reshape>(input, shape, /*special_zero=*/false);
  EXPECT_THAT(importing(write_ir({flat}, {input}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("importing")));
}

TEST_F(ForeignNetworks, RefusesAnswersThatAreNotFinite) {
  const auto input = picture();
  const auto axes = opset::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto mean = std::make_shared<opset::ReduceMean>(input, axes);
  const auto huge = opset::Constant::create(ov::element::f32, {}, {3e38F});
  const auto scaled = std::make_shared<opset::Multiply>(mean, huge);
  const auto twice = std::make_shared<opset::Multiply>(scaled, huge);
  EXPECT_THAT(importing(write_ir({twice}, {input}), asking_for("")), HasSubstr("not finite"));
}

TEST_F(ForeignNetworks, RefusesOutputsThatAreNeitherRowsNorMaps) {
  const auto input = picture();
  const auto axes = opset::Constant::create(ov::element::i64, {1}, {3});
  const auto lines = std::make_shared<opset::ReduceMean>(input, axes);
  EXPECT_THAT(importing(write_ir({lines}, {input}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("rows × features")));
}

}  // namespace
}  // namespace pomona
