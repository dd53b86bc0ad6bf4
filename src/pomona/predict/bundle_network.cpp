// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/bundle_network.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/error.h"

namespace pomona {

BackboneSpec backbone_spec_of(const Bundle& bundle) {
  return parse_backbone_spec(bundle.backbone_spec, "the backbone of the bundle");
}

Backbone backbone_of(const Bundle& bundle) {
  Backbone backbone;
  backbone.spec = backbone_spec_of(bundle);
  backbone.network_xml = bundle.network_xml;
  backbone.network_bin = bundle.network_bin;
  backbone.license_text = bundle.backbone_license;
  backbone.digest = bundle.backbone_digest;
  return backbone;
}

void find_network(Bundle& bundle, const std::string& models) {
  if (!bundle.network_xml.empty()) return;
  const std::string name = backbone_spec_of(bundle).name;
  Backbone installed = read_backbone(models, name);
  if (installed.digest != bundle.backbone_digest) {
    throw Error(ErrorKind::kInvalidInput,
                "looking for the network of the bundle: it was made with a backbone '" + name +
                    "' of digest " + bundle.backbone_digest + ", the installed one has " +
                    installed.digest + "; install the backbone anew, or make the bundle anew");
  }
  bundle.network_xml = std::move(installed.network_xml);
  bundle.network_bin = std::move(installed.network_bin);
}

Precision precision_here(const Bundle& bundle) {
  const Precision precision = precision_from_name(bundle.precision);
  if (precision == Precision::kF32) return precision;  // every processor has it
  const std::vector<Precision> native = native_precisions();
  return std::ranges::find(native, precision) != native.end() ? precision : Precision::kF32;
}

void note_precision(const Bundle& bundle, Progress& progress) {
  if (precision_name(precision_here(bundle)) == bundle.precision) return;
  progress.note("the bundle was made at " + bundle.precision +
                ", which this processor lacks; computing at f32");
}

std::vector<Crop> crops_of(const Bundle& bundle) {
  try {
    std::vector<Crop> crops = crops_from_names(bundle.crops);
    check_batch(std::ranges::max(sizes_of_crops(crops, bundle.size)), bundle.batch);
    return crops;
  } catch (const Error& error) {
    throw Error(ErrorKind::kCorrupt,
                "reading the bundle: " + std::string(error.what()) + "; get the bundle anew");
  }
}

Preprocessor make_preprocessor(const Bundle& bundle) {
  return {backbone_spec_of(bundle), bundle.size, fit_from_name(bundle.fit), crops_of(bundle)};
}

ExtractSetup extract_setup_of(const Bundle& bundle, std::size_t slots) {
  ExtractSetup setup;
  setup.backbone = backbone_of(bundle);
  setup.fit = fit_from_name(bundle.fit);
  setup.crops = crops_of(bundle);
  setup.featurizer.size = bundle.size;
  setup.featurizer.precision = precision_here(bundle);
  setup.featurizer.batch = bundle.batch;
  setup.featurizer.slots = slots;
  return setup;
}

}  // namespace pomona
