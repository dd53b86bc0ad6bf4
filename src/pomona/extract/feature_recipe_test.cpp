// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/feature_recipe.h"

#include <gmock/gmock.h>

#include "pomona/backbone/openvino_featurizer.h"

namespace pomona {
namespace {

using testing::UnorderedElementsAre;

ExtractSetup made_up_setup() {
  ExtractSetup setup;
  setup.backbone.spec.name = "tiny";
  setup.backbone.digest = "d";
  setup.featurizer.size = 96;
  setup.featurizer.batch = 8;
  return setup;
}

// Whatever else stands there costs every row at an upgrade or on another machine.
TEST(FeatureRecipe, NamesSettingsOurNumberAndTheEngineAlone) {
  const Json recipe = recipe_json(feature_recipe(made_up_setup()));
  std::vector<std::string> names;
  for (const auto& [name, value] : recipe.items()) names.push_back(name);
  EXPECT_THAT(names,
              UnorderedElementsAre("backbone", "backbone_digest", "input", "size", "precision",
                                   "fit", "crops", "batch", "recipe", "engine"));
  EXPECT_EQ(recipe.at("recipe"), kFeatureRecipe);
  EXPECT_EQ(recipe.at("engine"), openvino_version());
}

TEST(FeatureRecipe, IsAnotherOneForEverySettingThatChangesRows) {
  const FeatureRecipe one = feature_recipe(made_up_setup());
  std::vector<ExtractSetup> others(8, made_up_setup());
  others[0].backbone.digest = "e";
  others[1].featurizer.size = 128;
  others[2].featurizer.batch = 4;
  others[3].fit = Fit::kCrop;
  others[4].crops.push_back({.percent = 75, .flip = true});
  others[5].featurizer.precision = Precision::kBf16;
  others[6].backbone.spec.channels = ChannelOrder::kBgr;
  others[7].backbone.spec.mean[2] = 128;
  for (const ExtractSetup& other : others) EXPECT_NE(feature_recipe(other), one);
  ExtractSetup slots = made_up_setup();
  slots.featurizer.slots = 7;
  EXPECT_EQ(feature_recipe(slots), one);
}

TEST(FeatureRecipe, IsReadBackAsWrittenAndIsAnotherOneWhereAnythingIsMissing) {
  const FeatureRecipe one = feature_recipe(made_up_setup());
  const Json json = recipe_json(one);
  EXPECT_EQ(parse_recipe(json), one);
  for (const auto& [name, value] : json.items()) {
    Json changed = json;
    changed.erase(name);
    EXPECT_NE(parse_recipe(changed), one) << name;
    changed[name] = Json::object();
    EXPECT_NE(parse_recipe(changed), one) << name;
  }
}

}  // namespace
}  // namespace pomona
