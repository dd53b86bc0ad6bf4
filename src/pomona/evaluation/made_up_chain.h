// SPDX-License-Identifier: Apache-2.0
// For tests only: features in memory as the small network of the golden tests might give them, and
// the bundle that is trained on them. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "pomona/backbone/golden_network.h"
#include "pomona/base/random.h"
#include "pomona/dataset/memory_table.h"
#include "pomona/evaluation/train_chain.h"

namespace pomona {

inline ExtractSetup golden_setup() {
  ExtractSetup setup;
  setup.backbone = golden_backbone();
  setup.featurizer.size = setup.backbone.spec.size;
  setup.featurizer.batch = 1;
  return setup;
}

// Rows of the labels apple, fig and nut in turn, each about a centre of its own.
struct MadeUpFeatures {
  MadeUpFeatures(std::size_t count, double spread, std::size_t width = 48)
      : features(count, width) {
    constexpr const char* kLabels[] = {"apple", "fig", "nut"};
    Random random(7);
    for (std::size_t i = 0; i < count; ++i) {
      rows.labels.emplace_back(kLabels[i % 3]);
      for (std::size_t j = 0; j < width; ++j) {
        const double centre = j % 3 == i % 3 ? 1 : 0;
        features(i, j) = static_cast<float>(centre + spread * (random.uniform() - 0.5));
      }
    }
  }
  MemoryRows given() const {
    MemoryRows given = rows;
    given.features = features.view();
    return given;
  }

  Matrix<float> features;
  MemoryRows rows;  // without the features
};

inline TrainedChain train_in_memory(const MemoryTable& table, const ExtractSetup& setup,
                                    const TrainChainOptions& options, const Execution& execution,
                                    const std::vector<ReducedSink*>& reduced = {}) {
  const Moments moments = training_moments(table, table.table_rows(), execution.stop);
  return train_chain({table, table.table_rows(), moments}, setup, options, reduced,
                     system_scratch_folder(), execution);
}

}  // namespace pomona
