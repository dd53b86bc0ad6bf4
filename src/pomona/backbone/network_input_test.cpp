// SPDX-License-Identifier: Apache-2.0
// Networks made up for one question each, imported: of their input, and of their output.
#include "pomona/backbone/network_input.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>

#include "pomona/backbone/imported.h"
#include "pomona/backbone/logits_head.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;
namespace opset = ov::opset13;
using testing::AllOf;
using testing::HasSubstr;

class ForeignNetworks : public testing::Test {
 protected:
  ForeignNetworks()
      : folder_(fs::temp_directory_path() / ("pomona_import_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ForeignNetworks() override { fs::remove_all(folder_); }

  std::string write_ir(const ov::OutputVector& outputs, const ov::ParameterVector& inputs) const {
    const std::string path = (folder_ / "network.xml").string();
    ov::save_model(std::make_shared<ov::Model>(outputs, inputs), path, /*compress_to_fp16=*/false);
    return path;
  }

  static std::shared_ptr<opset::Parameter> picture(const ov::element::Type& type = ov::element::f32,
                                                   const ov::PartialShape& shape = {-1, 3, -1,
                                                                                    -1}) {
    return std::make_shared<opset::Parameter>(type, shape);
  }

  // N×3: the mean of each channel.
  static std::shared_ptr<ov::Node> averaged(const ov::Output<ov::Node>& planes) {
    const auto axes = opset::Constant::create(ov::element::i64, {2}, {2, 3});
    return std::make_shared<opset::ReduceMean>(planes, axes);
  }

  fs::path folder_;
};

TEST_F(ForeignNetworks, RefusesAnswersThatAreNotFinite) {
  const auto input = picture();
  const auto axes = opset::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto mean = std::make_shared<opset::ReduceMean>(input, axes);
  const auto huge = opset::Constant::create(ov::element::f32, {}, {3e38F});
  const auto scaled = std::make_shared<opset::Multiply>(mean, huge);
  const auto twice = std::make_shared<opset::Multiply>(scaled, huge);
  EXPECT_THAT(importing(write_ir({twice}, {input}), asking_for("")), HasSubstr("not finite"));
}

TEST_F(ForeignNetworks, RefusesChannelsInTheWrongPlace) {
  const auto input = picture(ov::element::f32, {-1, 3, 32, 32});
  const auto relu = std::make_shared<opset::Relu>(input);
  ImportOptions options = asking_for("");
  options.spec.layout = TensorLayout::kNhwc;
  EXPECT_THAT(importing(write_ir({relu}, {input}), options),
              AllOf(HasSubstr("invalid_input"), HasSubstr("[?,3,32,32]"), HasSubstr("as NHWC"),
                    HasSubstr("import it as NCHW")));
}

TEST_F(ForeignNetworks, RefusesMoreThanOneInput) {
  const auto first = picture();
  const auto second = picture();
  const auto sum = std::make_shared<opset::Add>(first, second);
  EXPECT_THAT(importing(write_ir({sum}, {first, second}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("2 inputs"), HasSubstr("[?,3,?,?]")));
}

// As of CLIP, whose text encoder hangs on the same outputs.
TEST_F(ForeignNetworks, LeavesOutInputsThatTheFeaturesDoNotNeed) {
  const auto input = picture();
  const auto words = std::make_shared<opset::Parameter>(ov::element::i64, ov::PartialShape{-1, 7});
  const auto mean = averaged(input);
  mean->output(0).set_names({"image_embeds"});
  const auto text = std::make_shared<opset::Convert>(words, ov::element::f32);
  const Backbone backbone =
      import_backbone(write_ir({mean, text}, {words, input}), asking_for("image_embeds"));
  EXPECT_EQ(backbone.spec.feature_count, 3);
}

TEST_F(ForeignNetworks, RefusesInputsThatAreNoPictures) {
  const auto vector = picture(ov::element::f32, {-1, 10});
  const auto relu = std::make_shared<opset::Relu>(vector);
  EXPECT_THAT(importing(write_ir({relu}, {vector}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("expected numbers of rank 4")));
}

TEST_F(ForeignNetworks, RefusesMoreFeaturesThanPcaCanKeep) {
  const auto input = picture(ov::element::f32, {-1, 3, 96, 96});
  const auto relu = std::make_shared<opset::Relu>(input);
  ImportOptions options = asking_for("");
  options.spec.size = 96;
  options.pool = Pool::kNone;
  EXPECT_THAT(importing(write_ir({relu}, {input}), options),
              AllOf(HasSubstr("pool: output"), HasSubstr("27648 numbers a picture"),
                    HasSubstr("at most 16384")));
}

TEST_F(ForeignNetworks, FeedsPixelsToNetworksOfWholeNumbers) {
  for (const auto& [type, mean] : std::vector<std::pair<ov::element::Type, float>>{
           {ov::element::u8, 0}, {ov::element::i8, 128}, {ov::element::i64, 0}}) {
    const auto input = picture(type);
    const auto floats = std::make_shared<opset::Convert>(input, ov::element::f32);
    const std::string path = write_ir({averaged(floats)}, {input});
    const Backbone backbone = import_backbone(path, asking_for(""));
    EXPECT_THAT(backbone.spec.mean, testing::Each(mean)) << type;
    EXPECT_THAT(backbone.spec.std_dev, testing::Each(1.0F)) << type;
    EXPECT_THAT(features_of_level(backbone, 200 - mean), testing::Each(200 - mean)) << type;
    ImportOptions scaled = asking_for("");
    scaled.std_dev = {128, 128, 128};
    EXPECT_THAT(importing(path, scaled),
                AllOf(HasSubstr("mean, std_dev: "), HasSubstr(type.to_string()),
                      HasSubstr("expected mean " + std::to_string(static_cast<int>(mean)))));
  }
}

TEST_F(ForeignNetworks, ComputesAFixedBatchAsOftenAsNeeded) {
  for (const int batch : {1, 3}) {
    const auto input = picture(ov::element::f32, {batch, 3, 32, 32});
    const auto shape = opset::Constant::create(ov::element::i64, {2}, {batch, 3});
    const auto flat = std::make_shared<opset::Reshape>(averaged(input), shape, false);
    const Backbone backbone = import_backbone(write_ir({flat}, {input}), asking_for(""));
    EXPECT_EQ(backbone.spec.batch, batch);
    EXPECT_EQ(default_batch(backbone.spec, 32, Precision::kF32), batch == 1 ? 8 : 9);
    FeaturizerOptions options;
    options.batch = 4;
    options.slots = 2;
    const auto featurizer = make_openvino_featurizer(backbone, options);
    for (std::size_t row = 0; row < 4; ++row) {
      std::ranges::fill(featurizer->input(1, row), static_cast<float>(row));
    }
    featurizer->submit(1);
    for (std::size_t row = 0; row < 4; ++row) {
      EXPECT_THAT(featurizer->collect(1).row(row), testing::Each(static_cast<float>(row)));
    }
  }
}

TEST_F(ForeignNetworks, ReadsLogitsOfAFixedBatch) {
  const auto input = picture(ov::element::f32, {1, 3, 32, 32});
  const auto flat = opset::Constant::create(ov::element::i64, {2}, {1, 3});
  const auto features = std::make_shared<opset::Reshape>(averaged(input), flat, false);
  features->output(0).set_names({"features"});
  const auto weights =
      opset::Constant::create(ov::element::f32, {2, 3}, std::vector<float>{1, 2, -1, 0.5, 0, 4});
  const auto sums = std::make_shared<opset::MatMul>(features, weights, false, true);
  const auto two = opset::Constant::create(ov::element::i64, {2}, {1, 2});
  const auto logits = std::make_shared<opset::Reshape>(sums, two, false);
  logits->output(0).set_names({"logits"});
  ImportOptions options = asking_for("features");
  options.logits_output = "logits";
  const Backbone backbone = import_backbone(write_ir({features, logits}, {input}), options);
  EXPECT_EQ(backbone.spec.batch, 1);
  const LogitsHead head(backbone);
  EXPECT_NEAR(head.weights()(1, 2), 4, 1e-5);
}

TEST_F(ForeignNetworks, FreesABatchThatIsOnlyDeclared) {
  const auto input = picture(ov::element::f32, {1, 3, 32, 32});
  const Backbone backbone = import_backbone(write_ir({averaged(input)}, {input}), asking_for(""));
  EXPECT_EQ(backbone.spec.batch, 0);
}

// Batch norm that was left in training.
TEST_F(ForeignNetworks, NoticesPicturesThatDependOnTheirNeighbours) {
  for (const int batch : {2, 4}) {
    const auto input = picture(ov::element::f32, {batch, 3, 32, 32});
    const auto axis = opset::Constant::create(ov::element::i64, {1}, {0});
    const auto all = std::make_shared<opset::ReduceMean>(averaged(input), axis, true);
    const auto mixed = std::make_shared<opset::Subtract>(averaged(input), all);
    EXPECT_THAT(importing(write_ir({mixed}, {input}), asking_for("")),
                AllOf(HasSubstr("invalid_input"), HasSubstr("depend on the other pictures")));
  }
}

TEST_F(ForeignNetworks, NamesTheOnlySizeOfANetwork) {
  const auto input = picture(ov::element::f32, {-1, 3, 48, 48});
  const auto shape = opset::Constant::create(ov::element::i64, {2}, {-1, 3 * 48 * 48});
  const auto flat = std::make_shared<opset::Reshape>(input, shape, false);
  const std::string path = write_ir({flat}, {input});
  EXPECT_THAT(importing(path, asking_for("")),
              AllOf(HasSubstr("size: the network takes pictures of 48 × 48 pixels"),
                    HasSubstr("import it with size 48")));
  ImportOptions right = asking_for("");
  right.spec.size = 48;
  const Backbone backbone = import_backbone(path, right);
  FeaturizerOptions options;
  options.size = 64;
  EXPECT_THAT([&] { make_openvino_featurizer(backbone, options); },
              testing::ThrowsMessage<Error>(testing::StrEq(
                  "size: backbone tiny takes pictures of 48 pixels a side, and none of 64")));
}

TEST_F(ForeignNetworks, RefusesPicturesThatAreNotSquare) {
  const auto input = picture(ov::element::f32, {-1, 3, 32, 48});
  const auto shape = opset::Constant::create(ov::element::i64, {2}, {-1, 3 * 32 * 48});
  const auto flat = std::make_shared<opset::Reshape>(input, shape, false);
  EXPECT_THAT(importing(write_ir({flat}, {input}), asking_for("")),
              AllOf(HasSubstr("32 × 48 pixels"), HasSubstr("as high as wide")));
}

TEST_F(ForeignNetworks, TakesTheOnlyOutputOfAnIr) {
  const auto input = picture();
  const auto axes = opset::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto mean = std::make_shared<opset::ReduceMean>(input, axes);
  const Backbone backbone = import_backbone(write_ir({mean}, {input}), asking_for(""));
  EXPECT_EQ(backbone.spec.feature_count, 3);
}

TEST_F(ForeignNetworks, RefusesOutputsThatAreNeitherRowsNorMaps) {
  const auto input = picture();
  const auto axes = opset::Constant::create(ov::element::i64, {1}, {4});
  const auto stack = std::make_shared<opset::Unsqueeze>(input, axes);
  EXPECT_THAT(importing(write_ir({stack}, {input}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("rows × features")));
}

TEST_F(ForeignNetworks, ConvertsOutputsOfEveryFloatType) {
  const auto input = picture();
  const std::vector<float> expected =
      features_of(import_backbone(write_ir({averaged(input)}, {input}), asking_for("")));
  for (const auto& [type, rounding] : std::vector<std::pair<ov::element::Type, float>>{
           {ov::element::f16, 1e-3F}, {ov::element::bf16, 1e-2F}, {ov::element::f64, 1e-6F}}) {
    const auto other = picture();
    const auto converted = std::make_shared<opset::Convert>(averaged(other), type);
    const std::vector<float> found =
        features_of(import_backbone(write_ir({converted}, {other}), asking_for("")));
    ASSERT_EQ(found.size(), expected.size()) << type;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i], expected[i], rounding) << type;
    }
  }
}

TEST_F(ForeignNetworks, RefusesOutputsThatAreIndices) {
  const auto input = picture();
  const auto index = std::make_shared<opset::Convert>(averaged(input), ov::element::i64);
  EXPECT_THAT(importing(write_ir({index}, {input}), asking_for("")),
              AllOf(HasSubstr("invalid_input"), HasSubstr("type i64; expected floats")));
}

// Logits must still be made of the features alone.
TEST_F(ForeignNetworks, KeepsLogitsThatAreMadeOfHalfFeatures) {
  const auto input = picture(ov::element::f16);
  const auto features = averaged(input);
  features->output(0).set_names({"features"});
  const auto weights =
      opset::Constant::create(ov::element::f16, {2, 3}, std::vector<float>{1, 2, -1, 0.5, 0, 4});
  const auto logits = std::make_shared<opset::MatMul>(features, weights, false, true);
  logits->output(0).set_names({"logits"});
  ImportOptions options = asking_for("features");
  options.logits_output = "logits";
  const Backbone backbone = import_backbone(write_ir({features, logits}, {input}), options);
  const LogitsHead head(backbone);
  EXPECT_NEAR(head.weights()(0, 1), 2, 1e-3);
  EXPECT_NEAR(head.weights()(1, 2), 4, 1e-3);
}

// As of a `squeeze` of every dimension of one.
TEST_F(ForeignNetworks, TakesOneVectorWithoutRows) {
  const auto input = picture(ov::element::f32, {1, 3, 32, 32});
  const auto shape = opset::Constant::create(ov::element::i64, {1}, {3});
  const auto vector = std::make_shared<opset::Reshape>(averaged(input), shape, false);
  const Backbone backbone = import_backbone(write_ir({vector}, {input}), asking_for(""));
  EXPECT_EQ(backbone.spec.batch, 1);
  EXPECT_THAT(features_of_level(backbone, 0.5F), testing::Each(0.5F));
}

// Row y of every channel is a token of 32 numbers.
TEST_F(ForeignNetworks, PoolsTokens) {
  const auto input = picture(ov::element::f32, {-1, 3, 32, 32});
  const auto shape = opset::Constant::create(ov::element::i64, {3}, {-1, 96, 32});
  const auto tokens = std::make_shared<opset::Reshape>(input, shape, false);
  const std::string path = write_ir({tokens}, {input});
  ImportOptions options = asking_for("");
  const auto pooled = [&](Pool pool) {
    options.pool = pool;
    return features_of(import_backbone(path, options));
  };
  std::vector<float> all(std::size_t{3} * 32 * 32);
  fill_golden_picture(0, TensorLayout::kNchw, all);
  EXPECT_EQ(pooled(Pool::kNone), all);
  EXPECT_EQ(pooled(Pool::kCls), std::vector<float>(all.begin(), all.begin() + 32));
  const std::vector<float> mean = pooled(Pool::kMean);
  ASSERT_EQ(mean.size(), 32U);
  for (std::size_t x = 0; x < mean.size(); ++x) {
    float sum = 0;
    for (std::size_t token = 0; token < 96; ++token) sum += all[token * 32 + x];
    EXPECT_NEAR(mean[x], sum / 96, 1e-5);
  }
}

TEST_F(ForeignNetworks, HasNoFirstTokenWhereThereAreNone) {
  ImportOptions options = asking_for("map");
  options.pool = Pool::kCls;
  EXPECT_THAT(importing(golden_network_path("tiny.onnx"), options),
              AllOf(HasSubstr("invalid_input"), HasSubstr("pool: output map"), HasSubstr("cls")));
  options.pool = Pool::kNone;
  EXPECT_EQ(import_backbone(golden_network_path("tiny.onnx"), options).spec.feature_count,
            48 * 8 * 8);
}

}  // namespace
}  // namespace pomona
