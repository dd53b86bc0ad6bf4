// SPDX-License-Identifier: Apache-2.0
// The network alone on ready tensors: batch × slots × size, fp32 and what else the processor has.
//
// With POMONA_BACKBONE another backbone than efficientnet-lite0 of build/models.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"

namespace pomona {
namespace {

const Backbone& backbone() {
  static const Backbone read = [] {
    const char* name = std::getenv("POMONA_BACKBONE");
    return read_backbone(POMONA_SOURCE "/build/models",
                         name != nullptr ? name : "efficientnet-lite0");
  }();
  return read;
}

void fill_inputs(Featurizer& featurizer) {
  for (std::size_t slot = 0; slot < featurizer.slots(); ++slot) {
    for (std::size_t row = 0; row < featurizer.batch(); ++row) {
      const std::span<float> input = featurizer.input(slot, row);
      for (std::size_t i = 0; i < input.size(); ++i) {
        input[i] = static_cast<float>((i * 31 + row) % 255) / 128.0F - 1.0F;
      }
    }
  }
}

// One round: every slot computes its batch at the same time.
void engine(benchmark::State& state, Precision precision) {
  try {
    FeaturizerOptions options;
    options.size = static_cast<int>(state.range(0));
    options.batch = static_cast<int>(state.range(1));
    options.slots = static_cast<std::size_t>(state.range(2));
    options.precision = precision;
    const auto featurizer = make_openvino_featurizer(backbone(), options);
    fill_inputs(*featurizer);
    for (auto _ : state) {
      for (std::size_t slot = 0; slot < options.slots; ++slot) featurizer->submit(slot);
      for (std::size_t slot = 0; slot < options.slots; ++slot) featurizer->collect(slot);
    }
    const auto round = static_cast<std::int64_t>(featurizer->batch() * options.slots);
    state.SetItemsProcessed(state.iterations() * round);
  } catch (const Error& error) {
    state.SkipWithError(error.what());
  }
}

// From files to an answer: what `pomona predict` waits for.
void start_up(benchmark::State& state) {
  try {
    for (auto _ : state) {
      FeaturizerOptions options;
      options.size = static_cast<int>(state.range(0));
      options.batch = 1;
      const auto featurizer = make_openvino_featurizer(backbone(), options);
      fill_inputs(*featurizer);
      featurizer->submit(0);
      benchmark::DoNotOptimize(featurizer->collect(0).data());
    }
  } catch (const Error& error) {
    state.SkipWithError(error.what());
  }
}

void register_all() {
  const auto cores = static_cast<std::int64_t>(usable_cores());
  for (const Precision precision : native_precisions()) {
    const std::string name = "engine/" + std::string(precision_name(precision));
    benchmark::RegisterBenchmark(name.c_str(), engine, precision)
        ->ArgNames({"size", "batch", "slots"})
        ->ArgsProduct({{224, 160, 128, 96}, {1, 2, 4, 8, 16}, {1, cores}})
        ->Unit(benchmark::kMillisecond)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
  }
  benchmark::RegisterBenchmark("engine/start_up", start_up)
      ->ArgName("size")
      ->Arg(224)
      ->Arg(128)
      ->Unit(benchmark::kMillisecond)
      ->MeasureProcessCPUTime()
      ->UseRealTime();
}

}  // namespace
}  // namespace pomona

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  pomona::register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
