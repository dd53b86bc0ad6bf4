// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/feature_recipe.h"

#include "pomona/backbone/openvino_featurizer.h"

namespace pomona {

Json feature_recipe(const ExtractSetup& setup) {
  return {{"backbone", setup.backbone.spec.name},
          {"backbone_digest", setup.backbone.digest},
          {"input", input_text(setup.backbone.spec)},
          {"size", setup.featurizer.size},
          {"precision", precision_name(setup.featurizer.precision)},
          {"fit", fit_name(setup.fit)},
          {"crops", crop_names(setup.crops)},
          {"batch", setup.featurizer.batch},
          {"recipe", kFeatureRecipe},
          {"engine", openvino_version()}};
}

}  // namespace pomona
