// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/train_job.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "pomona/backbone/golden_network.h"
#include "pomona/base/row_file.h"
#include "pomona/bundle/write_bundle.h"
#include "pomona/dataset/memory_table.h"
#include "pomona/jobs/run.h"
#include "pomona/jobs/run_on_features.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/parquet_features.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

using testing::Contains;
using testing::Key;

std::map<std::string, std::string> files_below(const ObjectStore& store,
                                               const std::string& folder) {
  std::map<std::string, std::string> files;
  store.list(folder, [&](const ObjectInfo& object) { files[object.key] = store.read(object.key); });
  return files;
}

// Rows that left the table, as a caller has them: features in one piece, the last row first.
struct TakenRows {
  explicit TakenRows(const FeatureSource& table) {
    const auto reader = table.read();
    for (FeatureBatch batch; reader->next(batch);) {
      width = batch.features.cols();
      for (std::size_t i = 0; i < batch.rows(); ++i) {
        rows.paths.push_back(batch.path[i]);
        rows.labels.push_back(batch.label[i]);
        rows.sides.push_back(split_from_name(batch.split[i]));
        const auto row = batch.features.row(i);
        features.insert(features.begin(), row.begin(), row.end());
      }
    }
    std::ranges::reverse(rows.paths);
    std::ranges::reverse(rows.labels);
    std::ranges::reverse(rows.sides);
  }
  MemoryRows given() const {
    MemoryRows given = rows;
    given.features = {features.data(), rows.paths.size(), width};
    return given;
  }

  MemoryRows rows;
  std::vector<float> features;
  std::size_t width = 0;
};

class TrainJob : public testing::Test {
 protected:
  TrainJob() : folder_(fs::path(testing::TempDir()) / "train_job") {
    fs::remove_all(folder_);
    for (const char* kind : {"Banana", "Cherry 1", "Kiwi"}) {
      fs::create_directories(folder_ / "photographs" / kind);
      fs::copy(fs::path(POMONA_SOURCE) / "sample/fruits" / kind, folder_ / "photographs" / kind);
    }
    write_backbone(place("models"), golden_backbone());
  }
  ~TrainJob() override { fs::remove_all(folder_); }

  std::string place(const std::string& name) const { return (folder_ / name).string(); }

  // To "features" and, of these, to "trained".
  void extract_and_train(const FromFeaturesOptions& options) {
    RunOptions extract;
    extract.input.images = {place("photographs")};
    extract.output.out = place("features");
    extract.extract.models = place("models");
    extract.extract.backbone = golden_backbone().spec.name;
    extract.extract.precision = Precision::kF32;
    run_extract(extract, progress_, {});
    run_train(options, progress_, {});
  }

  fs::path folder_;
  Progress progress_;
};

TEST_F(TrainJob, FromMemoryGivesTheBundleOfTheVerb) {
  FromFeaturesOptions options;
  options.features = place("features");
  options.models = place("models");
  options.output.out = place("trained");
  options.group = "^(r?)";
  options.train.folds = 2;
  options.train.reject_rate = 0.1;
  extract_and_train(options);
  const auto trained = local_store_opener()->open(place("trained"));
  const auto expected = files_below(*trained, "bundle");
  ASSERT_THAT(expected, Contains(Key("bundle/model.safetensors")));

  const auto extracted = local_store_opener()->open(place("features"));
  const TakenRows taken(ParquetFeatures(*extracted, find_parts(*extracted, "features")));
  SplitOptions split;
  split.group = *options.group;
  const std::stop_token stop;
  const Execution execution{progress_, stop, 1};
  const MemoryTable table(taken.given(), split, execution);
  TrainChainOptions chain_options;
  chain_options.train = options.train;
  chain_options.split = split;
  chain_options.split_kind = SplitKind::kHoldout;  // that of the extraction
  ExtractSetup setup;
  setup.backbone = read_backbone(place("models"), golden_backbone().spec.name);
  setup.featurizer.size = setup.backbone.spec.size;
  setup.featurizer.batch = parse_json(extracted->read("run.json"), "run.json").at("batch");
  const Moments moments = training_moments(table, table.table_rows(), stop);
  const TrainedChain chain = train_chain({table, table.table_rows(), moments}, setup, chain_options,
                                         {}, system_scratch_folder(), execution);

  MemoryStore store;
  write_bundle(chain.bundle, store, "bundle");
  EXPECT_EQ(files_below(store, "bundle"), expected);
  EXPECT_EQ(print_json(metrics_json(chain.metrics)), trained->read("metrics.json"));
  EXPECT_EQ(print_json(tsne_json(chain.tsne)), trained->read("tsne.json"));
}

}  // namespace
}  // namespace pomona
