// SPDX-License-Identifier: Apache-2.0
// Links pomona_core alone: decodes the photographs of a few kinds of sample/, computes features
// with the small network of the golden tests, trains the chain on them in memory and lets its
// bundle name the photographs. Exits with 1 unless nine in ten come out right, and unless the
// committed bundle opens.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/backbone/golden_network.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/dataset/memory_table.h"
#include "pomona/evaluation/train_chain.h"
#include "pomona/features/photograph_featurizer.h"
#include "pomona/predict/predict.h"
#include "pomona/storage/store_opener.h"

namespace pomona {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"Apple Granny Smith", "Banana", "Cherry 1",
                                                    "Kiwi"};

// Photographs in memory, with their kinds.
struct Photographs {
  explicit Photographs(const ObjectStore& sample) {
    for (const std::string_view kind : kKinds) {
      sample.list(kind, [&](const ObjectInfo& object) {
        bytes.push_back(sample.read(object.key));
        kinds.emplace_back(kind);
      });
    }
  }

  std::vector<std::string> bytes;
  std::vector<std::string> kinds;
};

std::vector<float> features_of(const Photographs& photographs, const ExtractSetup& setup) {
  const CropNetworks networks = make_networks(setup);
  PhotographFeaturizer featurizer(networks, setup, networks.every_crop(), {0});
  for (const std::string& bytes : photographs.bytes) {
    const auto decoded = featurizer.add(bytes, {});
    if (!decoded) throw Error(ErrorKind::kCorrupt, decoded.error().message);
  }
  return featurizer.finish();
}

// The bundle of a chain that learns from all of them.
Bundle trained_on(const Photographs& photographs, const ExtractSetup& setup) {
  const std::vector<float> features = features_of(photographs, setup);
  Progress progress;
  const std::stop_token stop;
  const Execution execution{progress, stop, 1};
  MemoryRows rows;
  rows.features = {features.data(), photographs.bytes.size(), setup.row_width()};
  rows.labels = photographs.kinds;
  SplitOptions split;
  split.holdout = 0;
  const MemoryTable table(std::move(rows), split, execution);
  TrainChainOptions options;
  options.reduce.components = ComponentCount{8};
  const Moments moments = training_moments(table, table.table_rows(), stop);
  return train_chain({table, table.table_rows(), moments}, setup, options, {},
                     system_scratch_folder(), execution)
      .bundle;
}

// The share of photographs that the bundle names right.
double share_named_right(Bundle bundle, const Photographs& photographs) {
  const Predictor predictor(std::move(bundle));
  const std::vector<std::string_view> bytes(photographs.bytes.begin(), photographs.bytes.end());
  const std::vector<Prediction> predictions = predictor.predict(bytes, {});
  std::size_t right = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    if (predictions[i].answers.front().label == photographs.kinds[i]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(predictions.size());
}

int check_core() {
  const std::string source = POMONA_SOURCE;
  const auto stores = local_store_opener();
  const Photographs photographs(*stores->open(source + "/sample/fruits"));
  ExtractSetup setup;
  setup.backbone = golden_backbone();
  setup.featurizer.size = setup.backbone.spec.size;
  setup.featurizer.batch = 1;
  const double accuracy = share_named_right(trained_on(photographs, setup), photographs);
  const Bundle bundle = read_bundle(*stores->open(source + "/models/kinds"), "bundle");
  std::printf("core: %zu photographs, %.2f right; a bundle of %zu kinds\n",
              photographs.bytes.size(), accuracy, bundle.labels.size());
  return accuracy >= 0.9 && !bundle.labels.empty() ? 0 : 1;
}

}  // namespace
}  // namespace pomona

int main() try { return pomona::check_core(); } catch (const pomona::Error& error) {
  std::fprintf(stderr, "link_core: %s\n", error.what());
  return 1;
}
