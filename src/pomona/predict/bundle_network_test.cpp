// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/bundle_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "pomona/base/error.h"
#include "pomona/predict/made_up_predictor.h"

namespace pomona {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string message_of(ErrorKind kind, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no error";
}

// A folder of models with one backbone of no real network, and a bundle that was made with it.
class FindNetwork : public ::testing::Test {
 protected:
  FindNetwork() {
    installed_.spec = tiny_backbone_spec();
    installed_.network_xml = "<net/>";
    installed_.network_bin = "weights";
    installed_.license_text = "the text of its licence";
    installed_.digest = backbone_digest(installed_.network_xml, installed_.network_bin);
    write_backbone(models_, installed_);
    bundle_.backbone_spec = print_backbone_spec(installed_.spec);
    bundle_.backbone_digest = installed_.digest;
  }
  ~FindNetwork() override { std::filesystem::remove_all(models_); }

  std::string models_ = ::testing::TempDir() + "pomona-find-network-test";
  Backbone installed_;
  Bundle bundle_;
};

TEST_F(FindNetwork, GivesABundleThatOfTheInstalledBackbone) {
  find_network(bundle_, models_);
  EXPECT_EQ(bundle_.network_xml, "<net/>");
  EXPECT_EQ(bundle_.network_bin, "weights");
}

TEST_F(FindNetwork, LeavesABundleWithItsOwn) {
  bundle_.network_xml = "its own";
  find_network(bundle_, models_ + "/nowhere");
  EXPECT_EQ(bundle_.network_xml, "its own");
}

TEST_F(FindNetwork, RefusesAnotherOneOfThatName) {
  bundle_.backbone_digest = "of the maker";
  EXPECT_THAT(message_of(ErrorKind::kInvalidInput, [&] { find_network(bundle_, models_); }),
              AllOf(HasSubstr("'tiny' of digest of the maker"), HasSubstr(installed_.digest),
                    HasSubstr("install the backbone anew")));
  EXPECT_TRUE(bundle_.network_xml.empty());
}

TEST_F(FindNetwork, SaysWhichIsNotInstalled) {
  EXPECT_THAT(
      message_of(ErrorKind::kNotFound, [&] { find_network(bundle_, models_ + "/nowhere"); }),
      HasSubstr("tiny"));
}

TEST(BundleNetwork, RefusesWhatADamagedBundleMayAskFor) {
  const auto message = [](const std::function<void(Bundle&)>& damage) {
    Bundle bundle = tiny_predicting_bundle({"whole", "flip"}, 4);
    damage(bundle);
    return message_of(ErrorKind::kCorrupt, [&] { crops_of(bundle); });
  };
  EXPECT_EQ(message([](Bundle&) {}), "no error");
  EXPECT_THAT(message([](Bundle& bundle) {
                bundle.crops = {"whole", "sideways"};
              }),
              AllOf(HasSubstr("reading the bundle: "), HasSubstr("'sideways'"),
                    HasSubstr("get the bundle anew")));
  EXPECT_THAT(message([](Bundle& bundle) {
                bundle.crops = {"whole", "flip", "flip"};
              }),
              HasSubstr("twice"));
  EXPECT_THAT(message([](Bundle& bundle) {
                bundle.crops = {"whole", "flip@48", "flip@64", "flip@80", "flip@96"};
              }),
              HasSubstr("at most 4 sizes"));
  EXPECT_THAT(message([](Bundle& bundle) {
                bundle.crops = {"whole", "flip@4096"};
                bundle.batch = 4096;
              }),
              HasSubstr("4096 pictures of 4096 pixels a side are too many at once"));
}

TEST(BundleNetwork, TakesEverySettingFromTheBundle) {
  Bundle bundle = tiny_predicting_bundle({"whole", "center75@48"}, 3);
  bundle.fit = "pad";
  const ExtractSetup setup = extract_setup_of(bundle, /*slots=*/5);
  EXPECT_EQ(setup.fit, Fit::kPad);
  EXPECT_EQ(setup.featurizer.size, 32);
  EXPECT_EQ(setup.featurizer.batch, 3);
  EXPECT_EQ(setup.featurizer.slots, 5U);
  EXPECT_EQ(setup.featurizer.precision, Precision::kF32);
  EXPECT_EQ(setup.crops, (std::vector<Crop>{Crop(), Crop{.percent = 75, .size = 48}}));
  EXPECT_EQ(setup.row_width(), 2U * kTinyFeatureCount);
  bundle.fit = "stretch";
  EXPECT_THROW(extract_setup_of(bundle, 1), Error);
}

}  // namespace
}  // namespace pomona
