// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/bench.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>

#include "pomona/backbone/engine_rate.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/scan.h"
#include "pomona/features/preprocess.h"
#include "pomona/image/decode_limits.h"
#include "pomona/jobs/machine.h"
#include "pomona/output_tables/finished_shards.h"
#include "pomona/storage/local_store.h"
#include "pomona/storage/read_failure.h"

namespace pomona {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A folder that goes with the object.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& parent) {
    const std::filesystem::path base = parent.empty() ? system_scratch_folder() : parent;
    path_ = (base / ("pomona-bench-" + random_name())).string();
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

double measure_decode(const ImageRoots& roots, const Manifest& manifest, const ExtractSetup& setup,
                      const ExtractOptions& options, const std::stop_token& stop) {
  struct Scratch {
    Decoder decoder;
    Preprocessor preprocessor;
    std::vector<float> input;
    std::string bytes;
    Image image;
  };
  const std::size_t workers = setup.featurizer.slots;
  const int size = setup.featurizer.size;
  std::vector<Scratch> scratch;
  for (std::size_t i = 0; i < workers; ++i) {
    scratch.push_back({Decoder(),
                       Preprocessor(setup.backbone.spec, size, setup.fit),
                       std::vector<float>(static_cast<std::size_t>(3 * size * size)),
                       {},
                       {}});
  }
  const DecodeOptions decode_options{options.limits, size};
  std::atomic<std::size_t> decoded_count = 0;
  const Clock::time_point start = Clock::now();
  parallel_for(manifest.rows.size(), workers, [&](std::size_t i, std::size_t worker) {
    if (i % 256 == 0) throw_if_stopped(stop);
    Scratch& mine = scratch[worker];
    const ManifestRow& row = manifest.rows[i];
    if (row.status != FileStatus::kOk) return;
    try {
      roots.store(row.split).read(row.path, kMaxPhotographBytes, mine.bytes, row.version);
    } catch (const Error&) {
      return;  // extraction reports it
    }
    if (!mine.decoder.decode(mine.bytes, decode_options, mine.image)) return;
    mine.preprocessor.fill(mine.image, /*crop=*/0, mine.input);
    ++decoded_count;
  });
  return static_cast<double>(decoded_count) / seconds_since(start);
}

double measure_extract(const ImageRoots& roots, Manifest manifest, const ExtractSetup& setup,
                       const BenchOptions& bench, Progress& progress, const std::stop_token& stop) {
  ExtractOptions options = bench.extract;
  options.previews = false;
  const ScratchFolder folder(bench.scratch);
  LocalStore store(folder.path(), LocalStore::IfMissing::kCreate);
  const Clock::time_point start = Clock::now();
  FinishedShards shards(store, manifest, options.part_files, /*with_previews=*/false);
  Moments moments(static_cast<std::size_t>(setup.backbone.spec.feature_count),
                  manifest.labels.size());
  ExtractSinks sinks;
  sinks.moments = &moments;
  const ExtractCounts counts =
      extract({roots, manifest, setup, options}, sinks, {&shards, nullptr}, progress, stop);
  return static_cast<double>(counts.ok) / seconds_since(start);
}

}  // namespace

double measure_engine(const Backbone& backbone, const FeaturizerOptions& options, double seconds) {
  return measure_engine_rate(*make_openvino_featurizer(backbone, options), seconds);
}

void BenchOptions::check() const {
  check_given("images", !images.empty(), "a folder of photographs");
  check_given("stores", stores != nullptr, "what opens places");
  extract.check();
  check_range("seconds", seconds, kLeastBenchSeconds, kMostBenchSeconds);
  check_given("batches", !batches.empty(), "sizes of batches to try");
  for (const int batch : batches) check_range("batches", batch, 1, static_cast<int>(kMostBatch));
}

BenchResult bench(const BenchOptions& options, Progress& progress, const std::stop_token& stop) {
  options.check();
  BenchResult result;
  result.setup = prepare_extract(options.extract);
  const ImageRoots roots{options.stores->open(options.images), nullptr};
  SplitOptions split;
  split.holdout = 0;
  const Scan found = scan(roots, split, progress, stop);
  result.photographs = found.manifest.rows.size();

  progress.begin("engine", 0);
  FeaturizerOptions point = result.setup.featurizer;
  for (std::size_t streams = 1; streams <= result.setup.featurizer.slots; ++streams) {
    for (const int batch : options.batches) {
      throw_if_stopped(stop);
      point.slots = streams;
      point.batch = batch;
      result.sweep.push_back(
          {batch, streams, measure_engine(result.setup.backbone, point, options.seconds)});
    }
  }
  result.engine = *std::ranges::max_element(result.sweep, {}, &EnginePoint::images_per_second);
  point.batch = result.engine.batch;
  point.slots = result.engine.streams;

  progress.begin("decode", 0);
  result.decode_images_per_second =
      measure_decode(roots, found.manifest, result.setup, options.extract, stop);
  const double before = measure_engine(result.setup.backbone, point, 2 * options.seconds);
  result.extract_images_per_second =
      measure_extract(roots, found.manifest, result.setup, options, progress, stop);
  const double after = measure_engine(result.setup.backbone, point, 2 * options.seconds);
  result.engine.images_per_second = (before + after) / 2;
  ExtractSetup one_worker = result.setup;
  one_worker.featurizer.slots = 1;
  result.extract_one_worker_images_per_second =
      measure_extract(roots, found.manifest, one_worker, options, progress, stop);
  return result;
}

Json bench_json(const BenchResult& result) {
  Json sweep = Json::array();
  for (const EnginePoint& point : result.sweep) {
    sweep.push_back({{"batch", point.batch},
                     {"streams", point.streams},
                     {"images_per_second", point.images_per_second}});
  }
  const FeaturizerOptions& used = result.setup.featurizer;
  return {{"format", 1},
          {"machine", machine_json(describe_machine())},
          {"versions", versions_json()},
          {"backbone", result.setup.backbone.spec.name},
          {"size", used.size},
          {"precision", precision_name(used.precision)},
          {"batch", used.batch},
          {"workers", used.slots},
          {"photographs", result.photographs},
          {"engine_sweep", std::move(sweep)},
          {"engine_images_per_second", result.engine.images_per_second},
          {"engine_batch", result.engine.batch},
          {"engine_streams", result.engine.streams},
          {"decode_images_per_second", result.decode_images_per_second},
          {"extract_images_per_second", result.extract_images_per_second},
          {"extract_one_worker_images_per_second", result.extract_one_worker_images_per_second},
          {"extract_over_engine", result.extract_over_engine()},
          {"workers_over_one", result.workers_over_one()}};
}

}  // namespace pomona
