// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/train_chain.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>

#include "pomona/base/error.h"
#include "pomona/bundle/write_bundle.h"
#include "pomona/evaluation/made_up_chain.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::ThrowsMessage;

const SplitOptions kQuarter{.holdout = 0.25};

// The files of its bundle.
std::map<std::string, std::string> files_of(const Bundle& bundle) {
  MemoryStore store;
  write_bundle(bundle, store, "");
  std::map<std::string, std::string> files;
  store.list("", [&](const ObjectInfo& object) { files[object.key] = store.read(object.key); });
  return files;
}

class PathsOfRows final : public ReducedSink {
 public:
  void add(const ReducedBatch& batch) override {
    paths.insert(paths.end(), batch.path.begin(), batch.path.end());
    components = batch.pca_features.cols();
  }
  void finish() override { finished = true; }

  std::vector<std::string> paths;
  std::size_t components = 0;
  bool finished = false;
};

// Asks to stop when a stage begins.
class StopAt final : public Progress {
 public:
  StopAt(std::string stage, std::stop_source& stop) : stage_(std::move(stage)), stop_(stop) {}
  void begin(std::string_view stage, std::uint64_t /*total*/) override {
    if (stop_.stop_requested()) ++begun_after_;
    if (stage == stage_) stop_.request_stop();
  }
  int begun_after() const { return begun_after_; }

 private:
  std::string stage_;
  std::stop_source& stop_;
  int begun_after_ = 0;
};

class TrainChain : public testing::Test {
 protected:
  MemoryTable table_of(const MadeUpFeatures& features, const SplitOptions& split = kQuarter) const {
    return {features.given(), split, execution()};
  }
  TrainedChain train(const MemoryTable& table, const TrainChainOptions& options,
                     const std::vector<ReducedSink*>& reduced = {}) const {
    return train_in_memory(table, setup_, options, execution(), reduced);
  }
  Execution execution(std::size_t workers = 2) const { return {progress_, stop_, workers}; }
  void expect_refused(const TrainChainOptions& options, const std::string& message) const {
    const MadeUpFeatures features(24, 0.5);
    const MemoryTable table = table_of(features);
    EXPECT_THAT([&] { train(table, options); }, ThrowsMessage<Error>(StartsWith(message)));
  }

  ExtractSetup setup_ = golden_setup();
  mutable Progress progress_;
  std::stop_token stop_;
};

TEST_F(TrainChain, GivesEverythingAsValues) {
  const MadeUpFeatures features(48, 0.5);
  const MemoryTable table = table_of(features);
  TrainChainOptions options;
  options.split = kQuarter;
  options.split_kind = table.split_kind();
  PathsOfRows one;
  PathsOfRows other;
  const TrainedChain chain = train(table, options, {&one, &other});
  EXPECT_THAT(chain.bundle.labels, ElementsAre("apple", "fig", "nut"));
  EXPECT_NO_THROW(check_bundle(chain.bundle));
  EXPECT_EQ(chain.bundle.backbone_digest, setup_.backbone.digest);
  EXPECT_EQ(chain.metrics.test_rows, 12U);
  EXPECT_EQ(chain.metrics.split.kind, SplitKind::kHoldout);
  ASSERT_FALSE(chain.metrics.results.metrics.empty());
  EXPECT_GE(chain.metrics.results.metrics.front().accuracy, 0.9);
  const Confusion& confusion = chain.metrics.results.confusion;
  EXPECT_EQ(confusion.labels, chain.bundle.labels);
  EXPECT_EQ(std::accumulate(confusion.counts.data(),
                            confusion.counts.data() + confusion.counts.size(), std::uint64_t{0}),
            12);
  EXPECT_EQ(chain.tsne.points.size(), 48U);
  ASSERT_EQ(one.paths.size(), 48U);
  EXPECT_EQ(one.paths.front(), table.table_rows().manifest.rows.front().path);
  EXPECT_EQ(one.components, chain.bundle.pca.n_components());
  EXPECT_TRUE(one.finished);
  EXPECT_EQ(other.paths, one.paths);
  std::vector<std::string> stages;
  for (const TimelineStage& stage : chain.timeline.stages()) stages.push_back(stage.stage);
  EXPECT_THAT(stages, ElementsAre("reduce", "train", "evaluate", "baselines", "tsne", "bundle"));
}

TEST_F(TrainChain, GivesTheSameBundleForAnyOrderAndNumberOfWorkers) {
  const MadeUpFeatures features(36, 1.5);
  TrainChainOptions options;
  options.train.folds = 3;
  options.train.reject_rate = 0.1;
  const MemoryTable table = table_of(features);
  const auto first = files_of(train_in_memory(table, setup_, options, execution(1)).bundle);
  EXPECT_GT(first.size(), 4U);

  MadeUpFeatures turned(36, 1.5);
  for (std::size_t i = 0; i < 36; ++i) {
    std::ranges::copy(features.features.row(35 - i), turned.features.row(i).begin());
    turned.rows.labels[i] = features.rows.labels[35 - i];
    turned.rows.paths.push_back((i < 27 ? "00000000" : "000000000") + std::to_string(36 - i));
  }
  const MemoryTable turned_table = table_of(turned);
  EXPECT_EQ(files_of(train_in_memory(turned_table, setup_, options, execution(3)).bundle), first);
}

TEST_F(TrainChain, OneLabelGivesNoClassifier) {
  MadeUpFeatures features(12, 0.5);
  features.rows.labels.assign(12, "apple");
  const TrainedChain chain = train(table_of(features), {});
  EXPECT_EQ(chain.bundle.classifier_kind, ClassifierKind::kNone);
  EXPECT_GT(chain.bundle.pca.n_components(), 0U);
  EXPECT_THAT(chain.metrics.results.metrics, IsEmpty());
  EXPECT_THAT(chain.metrics.results.confusion.labels, IsEmpty());
  EXPECT_THAT(chain.metrics.warnings, ElementsAre(HasSubstr("fewer than two labels")));
}

TEST_F(TrainChain, BoundsNameTheField) {
  TrainChainOptions options;
  options.train.folds = 1;
  expect_refused(options, "folds: expected ");
  options = {};
  options.train.c = 0;
  expect_refused(options, "c: expected ");
  options = {};
  options.reduce.components = ComponentCount{0};
  expect_refused(options, "components: expected ");
  options = {};
  options.split.holdout = 1;
  expect_refused(options, "holdout: expected ");
  options = {};
  options.train.studio = {"studio"};
  expect_refused(options, "studio: there is no source 'studio'");
  options = {};
  options.train.adapt = {"studio"};
  expect_refused(options, "adapt");
  options = {};
  options.backbone_classes = BackboneClasses::parse("class,label\n0,fig\n", "'c.csv'");
  expect_refused(options, "backbone_classes, studio: ");
  options.train.classifier = ClassifierKind::kRidge;
  expect_refused(options, "backbone_classes, classifier: ");
}

TEST_F(TrainChain, FeaturesAreAsWideAsTheSetupGives) {
  const MadeUpFeatures features(12, 0.5, /*width=*/96);
  EXPECT_THAT([&] { train(table_of(features), {}); },
              ThrowsMessage<Error>(HasSubstr("rows of 48 features")));
  MemoryRows two_crops = features.given();
  two_crops.crops = 2;
  const MemoryTable table(two_crops, kQuarter, execution());
  EXPECT_THAT([&] { train(table, {}); }, ThrowsMessage<Error>(HasSubstr("found 96 (crops: 2)")));
}

TEST_F(TrainChain, StopsInEveryStageAndCanBeCalledAgain) {
  const MadeUpFeatures features(36, 1.5);
  const MemoryTable table = table_of(features);
  TrainChainOptions options;
  options.train.reject_rate = 0.1;
  const auto expected = files_of(train(table, options).bundle);
  for (const char* stage :
       {"cross-validate", "reduce", "train", "evaluate", "baselines", "reject_option", "tsne"}) {
    std::stop_source source;
    const std::stop_token asked = source.get_token();
    StopAt progress(stage, source);
    TrainChainOptions staged = options;
    if (stage == std::string_view("cross-validate")) staged.train.folds = 3;
    try {
      train_in_memory(table, setup_, staged, {progress, asked, 2});
      ADD_FAILURE() << "it went on after " << stage;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInterrupted) << stage;
    }
    EXPECT_EQ(progress.begun_after(), 0) << stage;
  }
  EXPECT_EQ(files_of(train(table, options).bundle), expected);
}

}  // namespace
}  // namespace pomona
