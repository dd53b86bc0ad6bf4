// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/make_bundle.h"

#include <set>
#include <string>
#include <utility>

#include "pomona/base/digest.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/self_check.h"

namespace pomona {
namespace {

// Another processor sums in another order; bf16 keeps 8 bits of a number, fp32 24.
const std::map<std::string, SelfCheckTolerance>& tolerances() {
  static const std::map<std::string, SelfCheckTolerance> values = {
      {"f32", {.features = 1e-4, .probabilities = 1e-3}},
      {"bf16", {.features = 5e-2, .probabilities = 1e-1}}};
  return values;
}

// Which photographs were learnt from, without saying which: their names and labels, digested.
std::string training_digest(const TableRows& rows) {
  Sha256 digest;
  for (const std::size_t i : rows.side(Split::kTrain)) {
    const ManifestRow& row = rows.manifest.rows[i];
    digest.add(row.path);
    digest.add(std::string(1, '\0'));
    digest.add(rows.manifest.label(row));
    digest.add("\n");
  }
  return digest.finish();
}

std::set<Catalogue::VarietyId> reported_varieties(const Bundle& bundle) {
  std::set<Catalogue::VarietyId> reported;
  for (const VarietyClassifier& one : bundle.varieties) {
    for (const std::string& name : one.names) reported.emplace(one.label, name);
  }
  return reported;
}

Json figures_worth_keeping(const Json& metrics) {
  Json kept;
  for (const char* key : {"headline", "train_rows", "test_rows", "split", "metrics", "varieties"}) {
    if (metrics.contains(key)) kept[key] = metrics[key];
  }
  return kept;
}

}  // namespace

Bundle make_bundle(const ExtractSetup& setup, TrainedParts parts, const TableRows& rows,
                   const std::optional<Catalogue>& catalogue, const Json& metrics) {
  Bundle bundle;
  bundle.backbone_spec = print_backbone_spec(setup.backbone.spec);
  bundle.network_xml = setup.backbone.network_xml;
  bundle.network_bin = setup.backbone.network_bin;
  bundle.backbone_digest = setup.backbone.digest;
  bundle.backbone_license = setup.backbone.license_text;
  bundle.size = setup.featurizer.size;
  bundle.fit = fit_name(setup.fit);
  bundle.crops = crop_names(setup.crops);
  bundle.filter = "bicubic";
  bundle.precision = precision_name(setup.featurizer.precision);
  bundle.batch = setup.featurizer.batch;
  bundle.projection = fold(parts.reduction.scaler, parts.reduction.pca);
  bundle.scaler = std::move(parts.reduction.scaler);
  bundle.pca = std::move(parts.reduction.pca);
  bundle.classifier_kind = parts.trained.kind;
  bundle.classifier = std::move(parts.trained.classifier);
  if (parts.trained.kind != ClassifierKind::kNone) bundle.labels = rows.train_labels;
  bundle.reject_option = std::move(parts.reject_option);
  bundle.varieties = std::move(parts.varieties);
  bundle.studio_only = std::move(parts.studio_only);
  if (catalogue) bundle.catalogue = catalogue->print(bundle.labels, reported_varieties(bundle));
  bundle.metrics = print_json(figures_worth_keeping(metrics));
  bundle.training_digest = training_digest(rows);
  bundle.self_check.tolerances = tolerances();
  const CropNetworks networks = make_networks(extract_setup_of(bundle, /*slots=*/1));
  bundle.self_check.cases = answer_self_check(bundle, networks, kSelfCheckCases);
  return bundle;
}

}  // namespace pomona
