// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/bundle_evaluation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "pomona/base/error.h"
#include "pomona/evaluation/made_up_chain.h"
#include "pomona/features/photograph_featurizer.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::ThrowsMessage;

class BundleEvaluationTest : public testing::Test {
 protected:
  Execution execution() const { return {progress_, stop_, 2}; }
  TrainedChain chain_of(const MemoryTable& table) const {
    TrainChainOptions options;
    options.split_kind = table.split_kind();
    return train_in_memory(table, setup_, options, execution());
  }
  BundleEvaluation evaluate(const Bundle& bundle, const MemoryTable& table) const {
    return evaluate_features(bundle, table, table.table_rows(), /*seed=*/0, system_scratch_folder(),
                             execution());
  }

  ExtractSetup setup_ = golden_setup();
  mutable Progress progress_;
  std::stop_token stop_;
};

TEST_F(BundleEvaluationTest, OfTheTestRowsIsWhatTrainingMeasured) {
  const MadeUpFeatures features(60, 10);
  const MemoryTable table(features.given(), {.holdout = 0.3}, execution());
  const TrainedChain chain = chain_of(table);
  const BundleEvaluation found = evaluate(chain.bundle, table);
  ASSERT_EQ(found.results.metrics.size(), 1U);
  const ProtocolMetrics& metrics = found.results.metrics.front();
  const ProtocolMetrics& measured = chain.metrics.results.metrics.front();
  EXPECT_EQ(metrics.rows, table.table_rows().test_rows());
  EXPECT_LT(metrics.accuracy, 1) << "or the test says little";
  EXPECT_EQ(metrics.accuracy, measured.accuracy);
  const ClassifierFigures figures = metrics.figures.value_or(ClassifierFigures{});
  const ClassifierFigures expected = measured.figures.value_or(ClassifierFigures{});
  EXPECT_GT(figures.log_loss, 0);
  EXPECT_EQ(figures.log_loss, expected.log_loss);
  EXPECT_EQ(figures.accuracy_interval.low, expected.accuracy_interval.low);
  EXPECT_EQ(found.results.confusion.counts, chain.metrics.results.confusion.counts);
  EXPECT_THAT(metrics.protocol.explanation, HasSubstr("test rows"));
  EXPECT_EQ(metrics_json(found).at("labels"), Json(chain.bundle.labels));
}

TEST_F(BundleEvaluationTest, UnknownLabelsCountAsWrong) {
  const MadeUpFeatures features(36, 0.5);
  const Bundle bundle = chain_of({features.given(), {.holdout = 0}, execution()}).bundle;
  MadeUpFeatures other = features;
  for (std::size_t i = 0; i < 36; i += 3) other.rows.labels[i] = "pear";
  const MemoryTable table(other.given(), {.holdout = 0}, execution());
  const BundleEvaluation found = evaluate(bundle, table);
  EXPECT_DOUBLE_EQ(found.results.metrics.front().accuracy, 2.0 / 3);
  const auto figures = found.results.metrics.front().figures.value_or(ClassifierFigures{});
  EXPECT_EQ(figures.unknown_label_rows, 12U);

  other.rows.labels.assign(36, "pear");
  const MemoryTable foreign(other.given(), {.holdout = 0}, execution());
  EXPECT_THAT([&] { evaluate(bundle, foreign); },
              ThrowsMessage<Error>(HasSubstr("has a label of the bundle")));
  other.rows.labels.clear();
  const MemoryTable unlabelled(other.given(), {.holdout = 0}, execution());
  EXPECT_THAT([&] { evaluate(bundle, unlabelled); },
              ThrowsMessage<Error>(HasSubstr("has a label of the bundle")));
}

TEST_F(BundleEvaluationTest, WhatDoesNotFitIsRefused) {
  const MadeUpFeatures features(24, 0.5);
  const MemoryTable table(features.given(), {}, execution());
  const Bundle bundle = chain_of(table).bundle;
  const MadeUpFeatures wide(24, 0.5, /*width=*/50);
  const MemoryTable wide_table(wide.given(), {}, execution());
  EXPECT_THAT([&] { evaluate(bundle, wide_table); },
              ThrowsMessage<Error>(HasSubstr("the bundle expects 48 a row, found 50")));
  Bundle silent = bundle;
  silent.classifier_kind = ClassifierKind::kNone;
  EXPECT_THAT([&] { evaluate(silent, table); },
              ThrowsMessage<Error>(HasSubstr("holds no classifier")));
  std::stop_source source;
  source.request_stop();
  const std::stop_token asked = source.get_token();
  try {
    evaluate_features(bundle, table, table.table_rows(), 0, system_scratch_folder(),
                      {progress_, asked, 1});
    ADD_FAILURE() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
  EXPECT_NO_THROW(evaluate(bundle, table));
}

// Three kinds of the sample, in a folder of their own.
class SampleKinds {
 public:
  SampleKinds() : folder_(fs::path(testing::TempDir()) / "bundle_evaluation_photographs") {
    fs::remove_all(folder_);
    for (const char* kind : {"Banana", "Cherry 1", "Kiwi"}) {
      fs::create_directories(folder_ / kind);
      fs::copy(fs::path(POMONA_SOURCE) / "sample/fruits" / kind, folder_ / kind);
    }
  }
  ~SampleKinds() { fs::remove_all(folder_); }
  SampleKinds(const SampleKinds&) = delete;
  SampleKinds& operator=(const SampleKinds&) = delete;

  std::string place() const { return folder_.string(); }

 private:
  fs::path folder_;
};

TEST_F(BundleEvaluationTest, OfPhotographsIsThatOfTheirFeatures) {
  const SampleKinds kinds;
  const auto store = local_store_opener()->open(kinds.place());
  const CropNetworks networks = make_networks(setup_);
  PhotographFeaturizer featurizer(networks, setup_, networks.every_crop(), {0});
  MemoryRows given;
  store->list("", [&](const ObjectInfo& object) { given.paths.push_back(object.key); });
  for (const std::string& path : given.paths) {
    given.labels.push_back(fs::path(path).parent_path().filename());
    ASSERT_TRUE(featurizer.add(store->read(path), {}));
  }
  const std::vector<float> features = featurizer.finish();
  given.features = {features.data(), given.paths.size(), featurizer.row_width()};
  const MemoryTable table(given, {.holdout = 0}, execution());
  const Bundle bundle = chain_of(table).bundle;
  const BundleEvaluation of_features = evaluate(bundle, table);
  InputOptions input;
  input.images = {kinds.place()};
  const BundleEvaluation of_photographs =
      evaluate_photographs(bundle, input, {}, system_scratch_folder(), execution());
  EXPECT_EQ(of_photographs.evaluation.probabilities, of_features.evaluation.probabilities);
  EXPECT_EQ(of_photographs.results.confusion.counts, of_features.results.confusion.counts);
  EXPECT_GE(of_photographs.results.metrics.front().accuracy, 0.9);
  EXPECT_THAT(of_photographs.results.metrics.front().protocol.explanation,
              HasSubstr("photographs given"));
}

}  // namespace
}  // namespace pomona
