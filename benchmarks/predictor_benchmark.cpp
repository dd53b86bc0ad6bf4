// SPDX-License-Identifier: Apache-2.0
// How many photographs a second one Predictor answers, asked by 1, 2, 8 and 64 threads, over what
// the engine alone computes of as many crops; and how long one request takes while 7 others run.
//
//   predictor_benchmark BUNDLE MODELS PHOTOGRAPH…
//
// The engine is measured before and after each row, since machines drift.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "pomona/backbone/engine_rate.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/open_bundle.h"
#include "pomona/predict/predict.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSeconds = 4;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Crops a second of the network alone, every slot busy.
double engine_rate(const pomona::ExtractSetup& setup) {
  const auto engine = pomona::make_openvino_featurizer(setup.backbone, setup.featurizer);
  return pomona::measure_engine_rate(*engine, kSeconds / 4);
}

struct Asked {
  double rate = 0;                   // photographs a second
  std::vector<double> milliseconds;  // of each request of the first thread
};

// Each thread asks for one photograph after the other.
Asked ask(const pomona::Predictor& predictor, const std::vector<std::string>& photographs,
          std::size_t threads) {
  Asked asked;
  std::atomic<std::size_t> answered = 0;
  const Clock::time_point start = Clock::now();
  {
    std::vector<std::jthread> askers;
    for (std::size_t thread = 0; thread < threads; ++thread) {
      askers.emplace_back([&, thread] {
        for (std::size_t i = thread; seconds_since(start) < kSeconds; ++i) {
          const std::string_view one = photographs[i % photographs.size()];
          const Clock::time_point begun = Clock::now();
          (void)predictor.predict({&one, 1}, {});
          if (thread == 0) asked.milliseconds.push_back(1e3 * seconds_since(begun));
          ++answered;
        }
      });
    }
  }
  asked.rate = static_cast<double>(answered) / seconds_since(start);
  return asked;
}

double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: predictor_benchmark BUNDLE MODELS PHOTOGRAPH…\n", stderr);
    return 2;
  }
  std::vector<std::string> photographs;
  for (int i = 3; i < argc; ++i) photographs.push_back(read_file(argv[i]));
  const pomona::Predictor predictor(
      pomona::open_bundle(argv[1], argv[2], *pomona::local_store_opener()));
  const pomona::ExtractSetup setup =
      pomona::extract_setup_of(predictor.bundle(), predictor.workers());
  const auto crops = static_cast<double>(setup.crops.size());
  std::printf("%zu photographs, %.0f crops of %d pixels, batch %d, %zu slots\n", photographs.size(),
              crops, setup.featurizer.size, setup.featurizer.batch, predictor.workers());
  std::printf("%8s %14s %14s %8s %10s %10s\n", "threads", "photographs/s", "engine alone", "ratio",
              "median ms", "99 % ms");
  double before = engine_rate(setup) / crops;
  for (const std::size_t threads : {1U, 2U, 8U, 64U}) {
    const Asked asked = ask(predictor, photographs, threads);
    const double after = engine_rate(setup) / crops;
    const double engine = (before + after) / 2;
    before = after;
    std::printf("%8zu %14.1f %14.1f %8.2f %10.1f %10.1f\n", threads, asked.rate, engine,
                asked.rate / engine, quantile(asked.milliseconds, 0.5),
                quantile(asked.milliseconds, 0.99));
  }
  return 0;
}
