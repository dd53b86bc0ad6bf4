// SPDX-License-Identifier: Apache-2.0
// bench: how fast each part is on this machine, beside the speed of the network alone, which is
// what the whole can at best reach. Each call is for one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/progress.h"
#include "pomona/extract/extract.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

inline constexpr double kLeastBenchSeconds = 0.1;
inline constexpr double kMostBenchSeconds = 60;

struct BenchOptions {
  std::string images;
  std::shared_ptr<const StoreOpener> stores = local_store_opener();
  ExtractOptions extract;
  double seconds = 3;  // for each point of the sweep
  std::vector<int> batches = {1, 2, 4, 8, 16};
  std::string scratch;  // a folder for the table that extraction writes; "": the temporary folder

  // Throws invalid_input that names the field.
  void check() const;
};

struct EnginePoint {
  int batch = 0;
  std::size_t streams = 0;
  double images_per_second = 0;
};

// Compiles the network for these options and measures it alone (backbone/engine_rate.h).
double measure_engine(const Backbone& backbone, const FeaturizerOptions& options, double seconds);

struct BenchResult {
  ExtractSetup setup;
  std::size_t photographs = 0;
  std::vector<EnginePoint> sweep;
  EnginePoint engine;                    // the best of the sweep
  double decode_images_per_second = 0;   // read, decode, resize, normalise; no network
  double extract_images_per_second = 0;  // the whole, with moments and Parquet
  double extract_one_worker_images_per_second = 0;

  double extract_over_engine() const {
    return extract_images_per_second / engine.images_per_second;
  }
  double workers_over_one() const {
    return extract_images_per_second / extract_one_worker_images_per_second;
  }
};

// Measures the engine before and after extraction and takes the mean, since machines drift.
BenchResult bench(const BenchOptions& options, Progress& progress, const std::stop_token& stop);
Json bench_json(const BenchResult& result);

}  // namespace pomona
