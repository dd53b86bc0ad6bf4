// SPDX-License-Identifier: Apache-2.0
// Links pomona_jobs alone: reduces a small feature table in a folder of its own to an output
// folder. Exits with 1 unless the folder is published and holds the rows reduced.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "pomona/base/error.h"
#include "pomona/jobs/run_on_features.h"
#include "pomona/storage/store_opener.h"
#include "pomona/table/made_up_rows.h"
#include "pomona/table/parquet_reader.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

constexpr std::size_t kRows = 600;
constexpr std::size_t kComponents = 5;

// Rows in the order of tables: test rows first, each side by path.
FeatureBatch ordered_rows() {
  auto rows = made_up_rows<FeatureBatch>(0, kRows, 32);
  for (std::size_t i = 0; i < kRows; ++i) {
    char path[32];
    std::snprintf(path, sizeof path, "photograph %04zu.jpg", i);
    rows.path[i] = path;
    rows.split[i] = i < kRows / 4 ? "test" : "train";
  }
  return rows;
}

// Of a folder that reduce made.
std::size_t reduced_rows(const ObjectStore& store) {
  if (!store.exists("_SUCCESS") || !store.exists("reduced.csv")) return 0;
  TableReader<ReducedBatch> reader(store, find_parts(store, "reduced"));
  std::size_t rows = 0;
  for (ReducedBatch batch; reader.next(batch);) {
    if (batch.pca_features.cols() == kComponents) rows += batch.rows();
  }
  return rows;
}

std::size_t reduce_made_up_table(const std::string& folder) {
  const auto stores = local_store_opener();
  const auto store = stores->open(folder);
  FeatureTableWriter writer(*store, "features");
  writer.add(ordered_rows());
  writer.finish();
  FromFeaturesOptions options;
  options.features = folder + "/features";
  options.output.out = folder + "/out";
  options.reduce.components = ComponentCount{kComponents};
  Progress progress;
  run_reduce(options, progress, {});
  return reduced_rows(*stores->open(options.output.out));
}

}  // namespace
}  // namespace pomona

int main() {
  std::string folder = std::filesystem::temp_directory_path() / "pomona-link-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    std::perror("link_jobs: making a temporary folder");
    return 1;
  }
  std::size_t rows = 0;
  try {
    rows = pomona::reduce_made_up_table(folder);
    std::printf("jobs: %zu of %zu rows reduced\n", rows, pomona::kRows);
  } catch (const pomona::Error& error) {
    std::fprintf(stderr, "link_jobs: %s\n", error.what());
  }
  std::filesystem::remove_all(folder);
  return rows == pomona::kRows ? 0 : 1;
}
