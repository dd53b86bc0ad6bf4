// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/extract_setup.h"

#include "pomona/backbone/openvino_featurizer.h"

namespace pomona {

CropNetworks make_networks(const ExtractSetup& setup) {
  return {setup.crops, setup.featurizer.size, [&](int size) {
            FeaturizerOptions options = setup.featurizer;
            options.size = size;
            return make_openvino_featurizer(setup.backbone, options);
          }};
}

}  // namespace pomona
