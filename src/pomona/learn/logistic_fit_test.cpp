// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "pomona/base/error.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

using testing::HasSubstr;

TrainingRows training_rows(const MadeUpRows& made, std::size_t classes,
                           std::size_t block_rows = 256) {
  TrainingRows training;
  training.dims = made.rows.cols();
  training.class_count = classes;
  training.rows = made.rows.rows();
  training.block_rows = block_rows;
  training.read = [&made, block_rows](std::size_t block, MatrixView<float> rows,
                                      std::span<std::int32_t> labels) {
    const std::size_t first = block * block_rows;
    const MatrixView<const float> from = made.rows.view().rows_from(first, rows.rows());
    std::copy_n(from.data(), from.size(), rows.data());
    std::ranges::copy(std::span(made.labels).subspan(first, labels.size()), labels.begin());
  };
  return training;
}

// In float64 and by the book.
double objective_of(const Classifier& classifier, const MadeUpRows& made,
                    const LogisticOptions& options, double rms,
                    std::span<const float> weights = {}) {
  Matrix<double> logits(made.rows.rows(), classifier.class_count());
  classifier_logits(classifier, made.rows.view(), logits.view());
  logits_to_probabilities(1, logits.view());
  double value = 0;
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    const double weight = weights.empty() ? 1 : static_cast<double>(weights[i]);
    value -= weight * options.c * std::log(logits(i, static_cast<std::size_t>(made.labels[i])));
  }
  for (std::size_t i = 0; i < classifier.weights.size(); ++i) {
    const double prior = options.prior.size() == 0 ? 0 : options.prior.data()[i];
    const double distance = (classifier.weights.data()[i] - prior) * rms;
    value += 0.5 * distance * distance;
  }
  return value;
}

// 0.25, 0.5, … 1.25 and again, as tools/golden_learn.py has it.
std::vector<float> weights_in_turn(std::size_t rows) {
  std::vector<float> weights;
  for (std::size_t i = 0; i < rows; ++i) {
    weights.push_back(0.25F * static_cast<float>(1 + i % 5));
  }
  return weights;
}

// -0.5, 0 and 0.5 in turn, as tools/golden_learn.py has it.
Matrix<double> prior_in_turn(std::size_t classes, std::size_t dims) {
  Matrix<double> prior(classes, dims);
  for (std::size_t k = 0; k < classes; ++k) {
    for (std::size_t j = 0; j < dims; ++j) {
      prior(k, j) = 0.5 * (static_cast<double>((k + 2 * j) % 3) - 1);
    }
  }
  return prior;
}

std::string refusal(const TrainingRows& rows, const LogisticOptions& options = {}) {
  try {
    fit_logistic(rows, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    return error.what();
  }
  return "accepted";
}

TEST(LogisticFitTest, ReachesTheObjectiveOfScikitLearnAndSciPy) {
  for (const Json& golden : golden_learn("logistic.json")) {
    SCOPED_TRACE(golden.dump());
    const auto classes = golden["classes"].get<std::size_t>();
    const MadeUpRows made =
        made_up_rows(golden["seed"].get<std::uint64_t>(), golden["rows"].get<std::size_t>(),
                     golden["dims"].get<std::size_t>(), classes, golden["spread"].get<double>());
    LogisticOptions options;
    options.c = golden["c"].get<double>();
    TrainingRows rows = training_rows(made, classes);
    std::vector<float> weights;
    if (golden["weighted"].get<bool>()) weights = weights_in_turn(made.rows.rows());
    rows.weights = weights;
    const Matrix<double> prior = prior_in_turn(classes, made.rows.cols());
    if (golden["prior"].get<bool>()) options.prior = prior.view();
    const LogisticFit fit = fit_logistic(rows, options);
    const double best = golden["objective"].get<double>();
    EXPECT_TRUE(fit.converged);
    EXPECT_NEAR(fit.rms, golden["rms"].get<double>(), 1e-9 * fit.rms);
    EXPECT_NEAR(fit.objective, best, 1e-4 * best);
    EXPECT_NEAR(objective_of(fit.classifier, made, options, fit.rms, weights), best, 1e-4 * best);
  }
}

TEST(LogisticFitTest, StaysWhereItStartsWhereRowsHardlyCount) {
  const MadeUpRows made = made_up_rows(43, 400, 6, 3, 0.6);
  const Matrix<double> prior = prior_in_turn(3, 6);
  LogisticOptions options;
  options.c = 1e-9;
  options.prior = prior.view();
  const LogisticFit fit = fit_logistic(training_rows(made, 3), options);
  for (std::size_t i = 0; i < prior.size(); ++i) {
    EXPECT_NEAR(fit.classifier.weights.data()[i], prior.data()[i], 1e-4);
  }
}

TEST(LogisticFitTest, BitsDoNotDependOnTheNumberOfWorkers) {
  const MadeUpRows made = made_up_rows(41, 5003, 11, 5, 0.6);
  LogisticOptions options;
  const LogisticFit one = fit_logistic(training_rows(made, 5), options);
  for (const std::size_t workers : {2U, 3U, 7U}) {
    options.workers = workers;
    const LogisticFit fit = fit_logistic(training_rows(made, 5), options);
    EXPECT_EQ(fit.classifier.weights, one.classifier.weights) << workers << " workers";
    EXPECT_EQ(fit.classifier.bias, one.classifier.bias) << workers << " workers";
    EXPECT_EQ(fit.objective, one.objective) << workers << " workers";
  }
}

TEST(LogisticFitTest, AStartShortensTheWayAndLeadsToTheSamePlace) {
  const MadeUpRows made = made_up_rows(42, 3000, 10, 6, 0.6);
  const MadeUpRows most{made.rows, made.labels};
  TrainingRows fewer = training_rows(most, 6);
  fewer.rows = 2600;
  const LogisticFit of_fewer = fit_logistic(fewer, {});
  const LogisticFit fresh = fit_logistic(training_rows(made, 6), {});
  const LogisticFit started = fit_logistic(training_rows(made, 6), {}, &of_fewer.classifier);
  EXPECT_TRUE(started.converged);
  EXPECT_NEAR(started.objective, fresh.objective, 1e-4 * fresh.objective);
  const LogisticFit again = fit_logistic(training_rows(made, 6), {}, &fresh.classifier);
  EXPECT_LT(again.iterations, fresh.iterations);
}

// So many classes and dimensions that blocks of curvature do not fit, and the sample, every fourth
// row, holds fewer than two rows of most classes.
TEST(LogisticFitTest, OfManyClassesOfFewRowsTheFirstStepShortensTheWay) {
  constexpr std::size_t kClasses = 270;
  constexpr std::size_t kDims = 510;
  MadeUpRows made = made_up_rows(3, 2100, kDims, kClasses, 0);
  for (std::size_t i = 0; i < made.labels.size(); ++i) {
    made.labels[i] = static_cast<std::int32_t>(i % kClasses);
    made.rows(i, i % kClasses) += 40;
  }
  const TrainingRows rows = training_rows(made, kClasses);
  const LogisticFit found = fit_logistic(rows, {});
  const Classifier nothing{Matrix<double>(kClasses, kDims), std::vector<double>(kClasses), 1};
  const LogisticFit from_nothing = fit_logistic(rows, {}, &nothing);
  EXPECT_TRUE(found.converged);
  EXPECT_TRUE(from_nothing.converged);
  EXPECT_NEAR(found.objective, from_nothing.objective, 1e-4 * found.objective);
  EXPECT_NEAR(objective_of(found.classifier, made, {}, found.rms), found.objective,
              1e-5 * found.objective);
  EXPECT_LT(found.iterations, from_nothing.iterations);
}

TEST(LogisticFitTest, RefusesAStartOfAnotherShape) {
  const MadeUpRows made = made_up_rows(42, 50, 3, 2, 1.0);
  for (const Classifier& start : {Classifier{Matrix<double>(2, 4), {0, 0}, 1.0},
                                  Classifier{Matrix<double>(3, 3), {0, 0, 0}, 1.0},
                                  Classifier{Matrix<double>(2, 3), {0}, 1.0}}) {
    EXPECT_THROW(fit_logistic(training_rows(made, 2), {}, &start), Error);
  }
}

TEST(LogisticFitTest, BiasesAddUpToNothing) {
  const LogisticFit fit = fit_logistic(training_rows(made_up_rows(43, 300, 4, 3, 1.0), 3), {});
  EXPECT_NEAR(fit.classifier.bias[0] + fit.classifier.bias[1] + fit.classifier.bias[2], 0, 1e-9);
}

TEST(LogisticFitTest, EndsAtMaxIterationsWithTheBestPointSoFar) {
  const MadeUpRows made = made_up_rows(44, 2500, 12, 8, 0.4);
  LogisticOptions options;
  options.max_iterations = 3;
  options.tolerance = 1e-12;
  const LogisticFit early = fit_logistic(training_rows(made, 8), options);
  EXPECT_FALSE(early.converged);
  EXPECT_EQ(early.iterations, 3);
  EXPECT_NEAR(objective_of(early.classifier, made, {}, early.rms), early.objective,
              1e-5 * early.objective);
}

TEST(LogisticFitTest, ToleranceBeyondFloatEndsAllTheSame) {
  const MadeUpRows made = made_up_rows(45, 400, 6, 3, 0.5);
  LogisticOptions options;
  options.tolerance = 0;
  const LogisticFit fit = fit_logistic(training_rows(made, 3), options);
  const LogisticFit usual = fit_logistic(training_rows(made, 3), {});
  EXPECT_LE(fit.iterations, options.max_iterations);
  EXPECT_LE(fit.objective, usual.objective * (1 + 1e-6));
}

TEST(LogisticFitTest, RepeatedRowsCountLikeALargerC) {
  const MadeUpRows made = made_up_rows(46, 200, 5, 3, 1.0);
  MadeUpRows twice{Matrix<float>(400, 5), {}};
  for (std::size_t i = 0; i < 400; ++i) {
    std::ranges::copy(made.rows.row(i / 2), twice.rows.row(i).begin());
    twice.labels.push_back(made.labels[i / 2]);
  }
  LogisticOptions doubled;
  doubled.c = 2;
  const double expected = fit_logistic(training_rows(made, 3), doubled).objective;
  EXPECT_NEAR(fit_logistic(training_rows(twice, 3), {}).objective, expected, 1e-4 * expected);
}

TEST(LogisticFitTest, RefusesWeightsThatDoNotFit) {
  const MadeUpRows made = made_up_rows(46, 60, 5, 3, 1.0);
  TrainingRows rows = training_rows(made, 3);
  std::vector<float> weights(59, 1);
  rows.weights = weights;
  EXPECT_THAT(refusal(rows), HasSubstr("expected a weight for each of 60 rows, found 59"));
  for (const float wrong : {0.0F, -1.0F, std::numeric_limits<float>::infinity()}) {
    weights.assign(60, 1);
    weights[7] = wrong;
    rows.weights = weights;
    EXPECT_THAT(refusal(rows), HasSubstr("expected weights above 0"));
  }
}

TEST(LogisticFitTest, WithNothingToTellClassesApartGivesTheirShares) {
  MadeUpRows made{Matrix<float>(40, 3), std::vector<std::int32_t>(40, 0)};
  std::fill_n(made.labels.begin(), 10, 1);
  const LogisticFit fit = fit_logistic(training_rows(made, 2), {});
  Matrix<double> probabilities(1, 2);
  classify(fit.classifier, Matrix<float>(1, 3).view(), probabilities.view());
  EXPECT_NEAR(probabilities(0, 1), 0.25, 5e-3);
}

TEST(LogisticFitTest, OneRowAClassIsEnough) {
  MadeUpRows made{Matrix<float>(2, 1), {0, 1}};
  made.rows(1, 0) = 1;
  const LogisticFit fit = fit_logistic(training_rows(made, 2), {});
  EXPECT_GT(fit.classifier.weights(1, 0), fit.classifier.weights(0, 0));
}

TEST(LogisticFitTest, SaysWhatIsWrongWithTheRows) {
  MadeUpRows made = made_up_rows(47, 30, 4, 2, 1.0);
  EXPECT_THAT(refusal(training_rows(made, 1)), HasSubstr("at least 2 classes, found 1"));
  EXPECT_THAT(refusal(training_rows(made, 3)), HasSubstr("class 2 of 3 has no training rows"));
  EXPECT_THAT(refusal(training_rows({Matrix<float>(0, 4), {}}, 2)),
              HasSubstr("class 0 of 2 has no training rows"));
  LogisticOptions options;
  const Matrix<double> prior(2, 3);
  options.prior = prior.view();
  EXPECT_THAT(refusal(training_rows(made, 2), options), HasSubstr("the prior has 2 and 3"));
  made.labels[7] = -1;
  EXPECT_THAT(refusal(training_rows(made, 2)), HasSubstr("row 7 has label -1"));
  made.labels[7] = 0;
  made.rows(9, 3) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(refusal(training_rows(made, 2)), HasSubstr("row 9 has a value that is not finite"));
}

// All but one option as they are.
template <class Value>
std::string refused_option(Value LogisticOptions::*field, Value value) {
  LogisticOptions options;
  options.*field = value;
  try {
    options.check();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    const MadeUpRows made = made_up_rows(47, 30, 4, 2, 1.0);
    EXPECT_EQ(refusal(training_rows(made, 2), options), error.what()) << "the fit checks as well";
    return error.what();
  }
  return "accepted";
}

TEST(LogisticFitTest, OptionsOutOfTheirRangesAreNamed) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  using Options = LogisticOptions;
  for (const double c : {0.0, -1.0, nan, infinity, 1.1e10}) {
    EXPECT_THAT(refused_option(&Options::c, c), HasSubstr("expected c above 0 and at most 1e+10"));
  }
  EXPECT_EQ(refused_option(&Options::c, kLargestC), "accepted");
  for (const int iterations : {0, -1, std::numeric_limits<int>::min()}) {
    EXPECT_THAT(refused_option(&Options::max_iterations, iterations),
                HasSubstr("expected max_iterations of at least 1, found"));
  }
  EXPECT_EQ(refused_option(&Options::max_iterations, 1), "accepted");
  for (const double tolerance : {-1e-9, 1.0, nan, infinity}) {
    EXPECT_THAT(refused_option(&Options::tolerance, tolerance),
                HasSubstr("expected tolerance from 0 to less than 1"));
  }
  EXPECT_EQ(refused_option(&Options::tolerance, 0.0), "accepted");
  EXPECT_EQ(refused_option(&Options::workers, std::size_t{0}), "accepted");
  for (const double wrong : {nan, -infinity}) {
    Matrix<double> prior(2, 4);
    prior(1, 2) = wrong;
    EXPECT_THAT(refused_option(&Options::prior, MatrixView<const double>(prior.view())),
                HasSubstr("expected a prior of finite values"));
  }
}

TEST(LogisticFitTest, StopsWhenAsked) {
  const MadeUpRows made = made_up_rows(48, 3000, 10, 6, 0.5);
  TrainingRows training = training_rows(made, 6);
  std::stop_source source;
  std::atomic<int> reads = 0;
  training.read = [&, read = training.read](std::size_t block, MatrixView<float> rows,
                                            std::span<std::int32_t> labels) {
    if (++reads == 40) source.request_stop();
    read(block, rows, labels);
  };
  LogisticOptions options;
  options.stop = source.get_token();
  try {
    fit_logistic(training, options);
    FAIL() << "did not stop";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
  EXPECT_LE(reads, 41);
}

TEST(LogisticFitTest, AFailureToReadComesThrough) {
  const MadeUpRows made = made_up_rows(49, 1000, 4, 3, 1.0);
  TrainingRows training = training_rows(made, 3);
  std::atomic<int> reads = 0;
  training.read = [&, read = training.read](std::size_t block, MatrixView<float> rows,
                                            std::span<std::int32_t> labels) {
    if (++reads > 10) throw Error(ErrorKind::kUnavailable, "the disk is gone");
    read(block, rows, labels);
  };
  LogisticOptions options;
  options.workers = 2;
  try {
    fit_logistic(training, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
}

}  // namespace
}  // namespace pomona
