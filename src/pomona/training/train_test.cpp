// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/train.h"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "pomona/base/error.h"
#include "pomona/base/random.h"
#include "pomona/dataset/made_up_manifest.h"
#include "pomona/metrics/calibration.h"

namespace pomona {
namespace {

using testing::StartsWith;
using testing::ThrowsMessage;

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

void expect_refused(const TrainOptions& options, const std::string& field) {
  EXPECT_THAT([&] { options.check(); }, ThrowsMessage<Error>(StartsWith(field + ": expected ")));
}

TEST(TrainOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(TrainOptions().check());
  EXPECT_NO_THROW((TrainOptions{.folds = 2, .reject_rate = 0.5, .c = 1e6}.check()));
  for (const std::size_t folds : {1U, 101U}) expect_refused({.folds = folds}, "folds");
  for (const double share : {-0.1, 0.6, kNotANumber}) {
    expect_refused({.reject_rate = share}, "reject_rate");
  }
  for (const double c : {0.0, -1.0, 1e7, kNotANumber}) expect_refused({.c = c}, "c");
  expect_refused({.workers = 257}, "workers");
}

// Photographs of labels that are clouds about centres of their own, some of which overlap.
class Clouds {
 public:
  Clouds(std::size_t labels, std::uint64_t seed) : random_(seed), centres_(labels, kDims) {
    for (double& value : std::span(centres_.data(), centres_.size())) value = kSpread * bell();
  }

  // As many of every stride-th label.
  Matrix<float> draw(std::size_t of_label, std::size_t stride = 1) {
    const std::size_t labels = (centres_.rows() + stride - 1) / stride;
    Matrix<float> rows(labels * of_label, kDims);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      for (std::size_t j = 0; j < kDims; ++j) {
        rows(i, j) = static_cast<float>(centres_(i / of_label * stride, j) + bell());
      }
    }
    return rows;
  }

 private:
  static constexpr std::size_t kDims = 8;
  static constexpr double kSpread = 2.5;

  // Nearly Gaussian.
  double bell() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random_.uniform();
    return sum;
  }

  Random random_;
  Matrix<double> centres_;
};

struct Answered {
  Matrix<double> probabilities;
  std::vector<std::int32_t> labels;
};

constexpr std::size_t kMostAskedLabels = 1000;

// What a classifier trained on `photographs` of each label answers to `asked` others.
Answered train_and_ask(std::size_t labels, std::size_t photographs, std::size_t asked,
                       std::uint64_t seed) {
  Clouds clouds(labels, seed);
  const Matrix<float> drawn = clouds.draw(photographs);
  RowFile inputs(testing::TempDir(), drawn.cols());
  inputs.append(drawn.view());
  const TableRows rows = rows_of_manifest(made_up_manifest(labels, photographs), "");
  std::vector<std::size_t> all(rows.rows());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const Moments moments(drawn.cols(), labels);
  TrainOptions options;
  options.workers = 2;
  options.seed = seed;
  Progress progress;
  const TrainedClassifier trained =
      train({inputs, inputs, rows, moments}, all, options, progress, {});
  Answered answered;
  const std::size_t stride = std::max<std::size_t>(1, labels / kMostAskedLabels);
  const Matrix<float> others = clouds.draw(asked, stride);
  answered.probabilities = Matrix<double>(others.rows(), labels);
  classifier_logits(trained.classifier, others.view(), answered.probabilities.view());
  logits_to_probabilities(trained.classifier.temperature, answered.probabilities.view());
  for (std::size_t i = 0; i < others.rows(); ++i) {
    answered.labels.push_back(static_cast<std::int32_t>(i / asked * stride));
  }
  return answered;
}

// Bins of several draws together.
void join(const std::vector<CalibrationBin>& bins, std::vector<CalibrationBin>& joined) {
  joined.resize(bins.size());
  for (std::size_t i = 0; i < bins.size(); ++i) {
    CalibrationBin& to = joined[i];
    const auto before = static_cast<double>(to.count);
    const auto more = static_cast<double>(bins[i].count);
    if (more == 0) continue;
    to.confidence = (before * to.confidence + more * bins[i].confidence) / (before + more);
    to.accuracy = (before * to.accuracy + more * bins[i].accuracy) / (before + more);
    to.count += bins[i].count;
  }
}

TEST(TrainTest, ProbabilitiesAreCalibratedForAnyNumberOfLabelsAndPhotographs) {
  using Shape = std::pair<std::size_t, std::size_t>;
  for (const auto& [labels, photographs] :
       {Shape(2, 2), Shape(2, 3), Shape(2, 20), Shape(2, 2600), Shape(10, 2), Shape(10, 4),
        Shape(100, 2), Shape(100, 50), Shape(1000, 2), Shape(1000, 4), Shape(1000, 5),
        Shape(1667, 3), Shape(10000, 2)}) {
    // One draw of few photographs says little.
    const std::size_t draws = std::max<std::size_t>(1, 800 / (labels * photographs));
    const std::size_t asked = std::max<std::size_t>(1, 2000 / (labels * draws));
    std::vector<CalibrationBin> bins;
    for (std::size_t draw = 0; draw < draws; ++draw) {
      const Answered answered = train_and_ask(labels, photographs, asked, draw);
      join(calibration_bins(answered.probabilities.view(), answered.labels), bins);
    }
    EXPECT_LE(expected_calibration_error(bins), 0.1) << labels << " labels of " << photographs;
  }
}

}  // namespace
}  // namespace pomona
