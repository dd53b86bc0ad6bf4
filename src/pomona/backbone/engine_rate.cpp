// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/engine_rate.h"

#include <chrono>
#include <numeric>
#include <vector>

#include "pomona/base/parallel.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

// Values as of a normalised photograph: zeros would be kinder to some kernels than pictures are.
void fill_inputs(Featurizer& featurizer) {
  Random random(0);
  for (std::size_t slot = 0; slot < featurizer.slots(); ++slot) {
    for (std::size_t row = 0; row < featurizer.batch(); ++row) {
      for (float& value : featurizer.input(slot, row)) {
        value = static_cast<float>(random.uniform() * 2 - 1);
      }
    }
  }
}

}  // namespace

double measure_engine_rate(Featurizer& featurizer, double seconds) {
  using Clock = std::chrono::steady_clock;
  fill_inputs(featurizer);
  const std::size_t slots = featurizer.slots();
  const auto run = [&](std::size_t slot) {
    featurizer.submit(slot);
    featurizer.collect(slot);
  };
  parallel_for(slots, slots, [&](std::size_t slot, std::size_t) { run(slot); });

  std::vector<std::size_t> batches(slots);
  const Clock::time_point start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  parallel_for(slots, slots, [&](std::size_t slot, std::size_t) {
    // One at least, however late a busy machine lets the thread begin.
    do {
      run(slot);
      ++batches[slot];
    } while (elapsed() < seconds);
  });
  const std::size_t total = std::accumulate(batches.begin(), batches.end(), std::size_t{0});
  return static_cast<double>(total * featurizer.batch()) / elapsed();
}

}  // namespace pomona
