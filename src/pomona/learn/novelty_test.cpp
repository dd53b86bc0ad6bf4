// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/novelty.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"
#include "pomona/learn/novelty_fit.h"

namespace pomona {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TrainingRows novelty_rows(const MadeUpRows& made, std::size_t classes) {
  TrainingRows training;
  training.dims = made.rows.cols();
  training.class_count = classes;
  training.rows = made.rows.rows();
  training.block_rows = 64;
  training.read = [&made](std::size_t block, MatrixView<float> rows,
                          std::span<std::int32_t> labels) {
    const MatrixView<const float> from = made.rows.view().rows_from(block * 64, rows.rows());
    std::copy_n(from.data(), from.size(), rows.data());
    std::ranges::copy(std::span(made.labels).subspan(block * 64, labels.size()), labels.begin());
  };
  return training;
}

TEST(Novelty, IsTheDistanceOfScikitLearn) {
  const Json golden = golden_learn("novelty.json");
  const MadeUpRows made = made_up_rows(9, 400, 7, 4, 0.8);
  TrainingRows training = novelty_rows(made, 4);
  std::vector<float> weights;
  for (std::size_t i = 0; i < 400; ++i) weights.push_back(0.25F * static_cast<float>(1 + i % 5));
  training.weights = weights;
  const Novelty novelty = fit_novelty(training, golden["shrinkage"].get<double>(), {});
  const MadeUpRows asked = made_up_rows(10, 30, 7, 4, 2.0);
  const std::vector<double> distances = novelty_distances(novelty, asked.rows.view());
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const double expected = golden["distances"][i].get<double>();
    EXPECT_NEAR(distances[i], expected, 1e-6 * expected) << i;
  }
}

TEST(Novelty, RowsThatAreAllAlikeHaveADistanceToo) {
  MadeUpRows made{Matrix<float>(4, 2), {0, 0, 1, 1}};
  for (std::size_t i = 0; i < 4; ++i) made.rows(i, 0) = i < 2 ? 0.0F : 1.0F;
  const Novelty novelty = fit_novelty(novelty_rows(made, 2), 0.5, {});
  EXPECT_THAT(novelty_distances(novelty, made.rows.view()), testing::Each(0.0));
  Matrix<float> far(1, 2);
  far(0, 1) = 3;
  EXPECT_GT(novelty_distances(novelty, far.view()).front(), 1.0);
}

TEST(Novelty, SaysWhatDoesNotFit) {
  const MadeUpRows made = made_up_rows(9, 40, 3, 2, 1.0);
  EXPECT_THAT([&] { fit_novelty(novelty_rows(made, 3), 0.1, {}); },
              ThrowsMessage<Error>(HasSubstr("class 2 of 3 has no rows")));
  EXPECT_THAT([&] { fit_novelty(novelty_rows(made, 2), 0, {}); },
              ThrowsMessage<Error>(HasSubstr("shrinkage")));
  const Novelty novelty = fit_novelty(novelty_rows(made, 2), 0.1, {});
  EXPECT_THROW(novelty_distances(novelty, Matrix<float>(1, 4).view()), Error);
}

}  // namespace
}  // namespace pomona
