// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/feature_recipe.h"

#include <string_view>

#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/error.h"

namespace pomona {

FeatureRecipe feature_recipe(const ExtractSetup& setup) {
  FeatureRecipe recipe;
  recipe.backbone = setup.backbone.spec.name;
  recipe.backbone_digest = setup.backbone.digest;
  recipe.input = input_text(setup.backbone.spec);
  recipe.size = setup.featurizer.size;
  recipe.precision = precision_name(setup.featurizer.precision);
  recipe.fit = fit_name(setup.fit);
  recipe.crops = crop_names(setup.crops);
  recipe.batch = setup.featurizer.batch;
  recipe.engine = openvino_version();
  return recipe;
}

Json recipe_json(const FeatureRecipe& recipe) {
  return {{"backbone", recipe.backbone},   {"backbone_digest", recipe.backbone_digest},
          {"input", recipe.input},         {"size", recipe.size},
          {"precision", recipe.precision}, {"fit", recipe.fit},
          {"crops", recipe.crops},         {"batch", recipe.batch},
          {"recipe", recipe.recipe},       {"engine", recipe.engine}};
}

FeatureRecipe parse_recipe(const Json& json) {
  const auto read = [&]<class T>(std::string_view name, T& to) {
    try {
      to = read_member<T>(json, name, "the recipe of features");
    } catch (const Error&) {
      to = T();
    }
  };
  FeatureRecipe recipe;
  read("backbone", recipe.backbone);
  read("backbone_digest", recipe.backbone_digest);
  read("input", recipe.input);
  read("size", recipe.size);
  read("precision", recipe.precision);
  read("fit", recipe.fit);
  read("crops", recipe.crops);
  read("batch", recipe.batch);
  read("recipe", recipe.recipe);
  read("engine", recipe.engine);
  return recipe;
}

}  // namespace pomona
