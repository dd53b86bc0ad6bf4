// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/reduce.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "pomona/base/error.h"
#include "pomona/features/memory_features.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

TEST(ReduceOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(ReduceOptions().check());
  EXPECT_NO_THROW(ReduceOptions{.components = ComponentCount{1}}.check());
  EXPECT_NO_THROW(ReduceOptions{.components = VarianceShare{0.95}}.check());
  EXPECT_THAT([] { ReduceOptions{.components = ComponentCount{0}}.check(); },
              ThrowsMessage<Error>("components: expected 1 or more, found 0"));
  for (const double share : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT([&] { ReduceOptions{.components = VarianceShare{share}}.check(); },
                ThrowsMessage<Error>(StartsWith("components: expected a share of the variance")));
  }
}

// Four photographs of two crops of two numbers, in batches of three rows: the mean of the crops of
// the i-th is (i, 10 - i²).
MemoryFeatures table_of_crops() {
  MemoryFeatures table;
  for (int first = 0; first < 4; first += 3) {
    FeatureBatch batch;
    const int count = std::min(3, 4 - first);
    batch.features = Matrix<float>(static_cast<std::size_t>(count), 4);
    for (int i = 0; i < count; ++i) {
      const auto x = static_cast<float>(first + i);
      batch.path.push_back("a/" + std::to_string(first + i) + ".jpg");
      batch.label.emplace_back("a");
      batch.split.emplace_back("train");
      const float row[] = {x - 1, 10 - x * x - 2, x + 1, 10 - x * x + 2};
      std::ranges::copy(row, batch.features.row(static_cast<std::size_t>(i)).begin());
    }
    table.add(batch);
  }
  table.finish();
  return table;
}

TEST(TableMomentsTest, AreOfTheMeanCropsOfTrainingRows) {
  const std::vector<std::int32_t> classes = {0, kNotInTraining, 1, kNoClass};
  const Moments moments = table_moments(table_of_crops(), classes, 2, /*crops=*/2, {});
  EXPECT_EQ(moments.rows(), 3U);
  EXPECT_EQ(moments.dims(), 2U);
  EXPECT_THAT(moments.class_rows(), ElementsAre(1, 1));
  EXPECT_DOUBLE_EQ(moments.mean()[0], (0 + 2 + 3) / 3.0);
  EXPECT_DOUBLE_EQ(moments.mean()[1], 10 - (0 + 4 + 9) / 3.0);
}

TEST(TableMomentsTest, OfTheTrainingSideAreThoseOfItsLabels) {
  const MemoryFeatures table = table_of_crops();
  TableRows rows = rows_of_table(table, "");
  rows.crops = 2;
  rows.test_row_count = 1;
  rows.manifest.rows[3].status = FileStatus::kSkipped;
  const Moments moments = training_moments(table, rows, {});
  EXPECT_EQ(moments.rows(), 2U);
  EXPECT_THAT(moments.class_rows(), ElementsAre(2));
  EXPECT_DOUBLE_EQ(moments.mean()[0], 1.5);
}

TEST(TableMomentsTest, ATableOfAnotherLengthIsDamaged) {
  const std::vector<std::int32_t> classes(5);
  EXPECT_THAT([&] { table_moments(table_of_crops(), classes, 1, 2, {}); },
              ThrowsMessage<Error>(HasSubstr("expected 5 rows, found 4")));
  EXPECT_THAT([] { table_moments(MemoryFeatures(), {}, 1, 1, {}); },
              ThrowsMessage<Error>(HasSubstr("it has no rows")));
}

TEST(FitReductionTest, TakesAsManyComponentsAsThereCanBe) {
  const std::vector<std::int32_t> classes(4);
  const Moments moments = table_moments(table_of_crops(), classes, 1, 2, {});
  EXPECT_EQ(fit_reduction(moments, {}).pca.n_components(), 2U);
  EXPECT_EQ(fit_reduction(moments, {.components = ComponentCount{1}}).pca.n_components(), 1U);
  EXPECT_THROW(fit_reduction(moments, {.components = ComponentCount{3}}), Error);
  EXPECT_THAT([] { fit_reduction(Moments(2, 1), {}); },
              ThrowsMessage<Error>(HasSubstr("at least two training photographs, found 0")));
}

class KeptBatches final : public ReducedSink {
 public:
  void add(const ReducedBatch& batch) override {
    paths.insert(paths.end(), batch.path.begin(), batch.path.end());
    labels.insert(labels.end(), batch.label.begin(), batch.label.end());
  }
  void finish() override { finished = true; }

  std::vector<std::string> paths;
  std::vector<std::string> labels;
  bool finished = false;
};

TEST(ReduceTest, GivesEverySinkTheSameRows) {
  const MemoryFeatures table = table_of_crops();
  TableRows rows = rows_of_table(table, "");
  rows.crops = 2;
  rows.manifest.labels = {"b"};  // a class map may name them otherwise than the table
  Projection projection;
  projection.weights = Matrix<double>(1, 2);
  projection.weights(0, 0) = 1;
  projection.weights(0, 1) = 1;
  projection.offset = {100};
  KeptBatches kept;
  KeptBatches kept_too;
  RowFile components(testing::TempDir(), 1);
  RowFile features(testing::TempDir(), 2);
  RowFile crop_components(testing::TempDir(), 1);
  ReduceSinks sinks;
  sinks.tables = {&kept, &kept_too};
  sinks.components = &components;
  sinks.features = &features;
  sinks.crop_components = &crop_components;
  Progress progress;
  const std::stop_token stop;
  reduce(table, rows, projection, sinks, {progress, stop, 2});

  EXPECT_THAT(kept.paths, ElementsAre("a/0.jpg", "a/1.jpg", "a/2.jpg", "a/3.jpg"));
  EXPECT_THAT(kept.labels, ElementsAre("b", "b", "b", "b"));
  EXPECT_TRUE(kept.finished);
  EXPECT_EQ(kept_too.paths, kept.paths);
  EXPECT_TRUE(kept_too.finished);
  Matrix<float> found(4, 1);
  components.read(0, found.view());
  Matrix<float> before(4, 2);
  features.read(0, before.view());
  Matrix<float> crops(8, 1);
  crop_components.read(0, crops.view());
  for (std::size_t i = 0; i < 4; ++i) {
    const auto x = static_cast<float>(i);
    EXPECT_EQ(before(i, 0), x);
    EXPECT_EQ(before(i, 1), 10 - x * x);
    EXPECT_NEAR(found(i, 0), 110 + x - x * x, 1e-4);
    EXPECT_NEAR(crops(2 * i, 0), 107 + x - x * x, 1e-4);
    EXPECT_NEAR(crops(2 * i + 1, 0), 113 + x - x * x, 1e-4);
  }
}

}  // namespace
}  // namespace pomona
