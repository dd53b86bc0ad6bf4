// SPDX-License-Identifier: Apache-2.0
// Links pomona_core alone: decodes the photographs of a few kinds of sample/, computes features
// with the small network of the golden tests, fits scaler, PCA and classifier and classifies them
// again. Exits with 1 unless nine in ten come out right, and unless the committed bundle opens.
#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/backbone/golden_network.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/features/memory_features.h"
#include "pomona/features/photograph_featurizer.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/storage/store_opener.h"
#include "pomona/training/reduce.h"

namespace pomona {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"Apple Granny Smith", "Banana", "Cherry 1",
                                                    "Kiwi"};

// What the network of the golden tests sees in all photographs of one kind, as training rows.
class KindFeatures {
 public:
  explicit KindFeatures(const ExtractSetup& setup)
      : networks_(make_networks(setup)),
        featurizer_(networks_, setup, networks_.every_crop(), {0}) {}

  FeatureBatch of(const ObjectStore& sample, std::string_view kind) {
    FeatureBatch batch;
    sample.list(kind, [&](const ObjectInfo& object) { batch.path.push_back(object.key); });
    std::sort(batch.path.begin(), batch.path.end());
    batch.label.assign(batch.path.size(), std::string(kind));
    batch.split.assign(batch.path.size(), "train");
    for (const std::string& path : batch.path) {
      const auto decoded = featurizer_.add(sample.read(path), {});
      if (!decoded) throw Error(ErrorKind::kCorrupt, path + ": " + decoded.error().message);
    }
    const std::vector<float> features = featurizer_.finish();
    batch.features = Matrix<float>(batch.path.size(), featurizer_.row_width());
    std::copy(features.begin(), features.end(), batch.features.data());
    return batch;
  }

 private:
  CropNetworks networks_;
  PhotographFeaturizer featurizer_;
};

// The share of training rows that the classifier names right.
double fitted_accuracy(const FeatureSource& features) {
  const TableRows rows = rows_of_table(features, /*group_pattern=*/"");
  const std::span<const std::int32_t> labels = rows.label_index;
  const Moments moments = table_moments(features, labels, kKinds.size(), /*crops=*/1, {});
  ReduceOptions options;
  options.components = ComponentCount{8};
  const Reduction reduction = fit_reduction(moments, options);
  const Projection projection = fold(reduction.scaler, reduction.pca);
  Matrix<float> components(rows.rows(), reduction.pca.n_components());
  std::size_t done = 0;
  const auto reader = features.read();
  for (FeatureBatch batch; reader->next(batch); done += batch.rows()) {
    project(projection, batch.features.view(), components.view().rows_from(done, batch.rows()));
  }
  TrainingRows training{
      .dims = components.cols(), .class_count = kKinds.size(), .rows = rows.rows()};
  training.block_rows = rows.rows();
  training.read = [&](std::size_t, MatrixView<float> to, std::span<std::int32_t> to_labels) {
    for (std::size_t i = 0; i < to.rows(); ++i) {
      std::copy(components.row(i).begin(), components.row(i).end(), to.row(i).begin());
    }
    std::copy(labels.begin(), labels.end(), to_labels.begin());
  };
  const LogisticFit fit = fit_logistic(training, {});
  Matrix<double> probabilities(rows.rows(), kKinds.size());
  classify(fit.classifier, components.view(), probabilities.view());
  std::size_t right = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = probabilities.row(i);
    right += std::max_element(row.begin(), row.end()) - row.begin() == labels[i];
  }
  return static_cast<double>(right) / static_cast<double>(rows.rows());
}

int check_core() {
  const std::string source = POMONA_SOURCE;
  const auto stores = local_store_opener();
  const auto sample = stores->open(source + "/sample/fruits");
  MemoryFeatures features;
  ExtractSetup setup;
  setup.backbone = golden_backbone();
  setup.featurizer.size = setup.backbone.spec.size;
  setup.featurizer.batch = 1;
  KindFeatures kinds(setup);
  for (const std::string_view kind : kKinds) features.add(kinds.of(*sample, kind));
  const double accuracy = fitted_accuracy(features);
  const Bundle bundle = read_bundle(*stores->open(source + "/models/kinds"), "bundle");
  std::printf("core: %zu photographs, %.2f right; a bundle of %zu kinds\n",
              static_cast<std::size_t>(features.rows()), accuracy, bundle.labels.size());
  return accuracy >= 0.9 && !bundle.labels.empty() ? 0 : 1;
}

}  // namespace
}  // namespace pomona

int main() try { return pomona::check_core(); } catch (const pomona::Error& error) {
  std::fprintf(stderr, "link_core: %s\n", error.what());
  return 1;
}
