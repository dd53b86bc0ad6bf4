// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/embedding.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "pomona/base/error.h"
#include "pomona/learn/made_up_rows.h"
#include "pomona/neighbours/nearest.h"

namespace pomona {
namespace {

using testing::HasSubstr;

EmbeddingOptions quick(std::size_t workers = 1) {
  EmbeddingOptions options;
  options.iterations = 300;
  options.workers = workers;
  return options;
}

// Share of points whose nearest other point has the same label.
double purity(const Matrix<float>& plane, const std::vector<std::int32_t>& labels) {
  std::size_t same = 0;
  for (std::size_t i = 0; i < plane.rows(); ++i) {
    float best = std::numeric_limits<float>::infinity();
    std::size_t nearest = i;
    for (std::size_t j = 0; j < plane.rows(); ++j) {
      const float dx = plane(i, 0) - plane(j, 0);
      const float dy = plane(i, 1) - plane(j, 1);
      if (j != i && dx * dx + dy * dy < best) {
        best = dx * dx + dy * dy;
        nearest = j;
      }
    }
    same += labels[i] == labels[nearest] ? 1U : 0U;
  }
  return static_cast<double>(same) / static_cast<double>(plane.rows());
}

TEST(EmbeddingTest, KeepsCloudsApart) {
  // Six clouds of which the first two columns alone tell little.
  const MadeUpRows made = made_up_rows(71, 300, 30, 6, 4.0);
  Matrix<float> level = made.rows;
  for (std::size_t i = 0; i < 300; ++i) {
    for (std::size_t j = 0; j < 30; ++j) level(i, j) *= static_cast<float>(1 + j);
  }
  const Matrix<float> plane = embed_in_plane(level.view(), quick());
  EXPECT_GT(purity(plane, made.labels), 0.97);
}

TEST(EmbeddingTest, IsCentredAndFillsTheUnitSquare) {
  const MadeUpRows made = made_up_rows(72, 150, 8, 3, 2.0);
  const Matrix<float> plane = embed_in_plane(made.rows.view(), quick());
  double mean[2] = {};
  float largest = 0;
  for (std::size_t i = 0; i < 150; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      mean[j] += static_cast<double>(plane(i, j)) / 150;
      largest = std::max(largest, std::abs(plane(i, j)));
    }
  }
  EXPECT_NEAR(mean[0], 0, 1e-5);
  EXPECT_NEAR(mean[1], 0, 1e-5);
  EXPECT_EQ(largest, 1);
}

TEST(EmbeddingTest, BitsDoNotDependOnTheNumberOfWorkers) {
  const MadeUpRows made = made_up_rows(73, 203, 7, 4, 2.0);
  const Matrix<float> one = embed_in_plane(made.rows.view(), quick(1));
  EXPECT_EQ(embed_in_plane(made.rows.view(), quick(2)), one);
  EXPECT_EQ(embed_in_plane(made.rows.view(), quick(3)), one);
}

TEST(EmbeddingTest, WorksOnAFewRows) {
  for (std::size_t rows = 0; rows <= 5; ++rows) {
    const Matrix<float> plane =
        embed_in_plane(made_up_rows(74, rows, 3, 2, 1.0).rows.view(), quick());
    ASSERT_EQ(plane.rows(), rows);
    ASSERT_EQ(plane.cols(), 2U);
    for (const float value : std::span(plane.data(), plane.size())) {
      EXPECT_LE(std::abs(value), 1) << rows << " rows";
    }
  }
}

TEST(EmbeddingTest, RowsThatAreTheSameStayInOnePlace) {
  Matrix<float> same(40, 3);
  for (float& value : std::span(same.data(), same.size())) value = 2.5F;
  EXPECT_EQ(embed_in_plane(same.view(), quick()), Matrix<float>(40, 2));
  // Every row twice, in one dimension only.
  Matrix<float> pairs(40, 1);
  for (std::size_t i = 0; i < 20; ++i) {
    pairs(2 * i, 0) = static_cast<float>(i);
    pairs(2 * i + 1, 0) = static_cast<float>(i);
  }
  const Matrix<float> plane = embed_in_plane(pairs.view(), quick());
  for (std::size_t i = 0; i < 40; i += 2) {
    ASSERT_TRUE(std::isfinite(plane(i, 0)));
    EXPECT_NEAR(plane(i, 0), plane(i + 1, 0), 1e-3);
  }
}

std::string refused_embedding(const EmbeddingOptions& options) {
  try {
    options.check();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THROW(embed_in_plane(Matrix<float>(1, 1).view(), options), Error);
    return error.what();
  }
  return "accepted";
}

TEST(EmbeddingTest, OptionsOutOfTheirRangesAreNamed) {
  for (const double perplexity : {0.0, 0.99, -30.0, std::nan(""), HUGE_VAL}) {
    EmbeddingOptions options;
    options.perplexity = perplexity;
    EXPECT_THAT(refused_embedding(options),
                HasSubstr("expected a finite perplexity of at least 1"));
  }
  for (const int iterations : {0, -500, kMostEmbeddingIterations + 1}) {
    EmbeddingOptions options;
    options.iterations = iterations;
    EXPECT_THAT(refused_embedding(options), HasSubstr("expected iterations from 1 to 100000"));
  }
  EXPECT_EQ(refused_embedding({.perplexity = 1, .iterations = kMostEmbeddingIterations}),
            "accepted");
  EXPECT_EQ(refused_embedding({.iterations = 1, .workers = 0}), "accepted");
}

TEST(EmbeddingTest, RefusesMoreRowsThanMemoryHolds) {
  const Matrix<float> rows(kMostEmbeddedRows + 1, 1);
  EXPECT_THROW(embed_in_plane(rows.view(), quick()), Error);
}

TEST(EmbeddingTest, StopsWhenAsked) {
  std::stop_source source;
  EmbeddingOptions options = quick();
  options.stop = source.get_token();
  const Matrix<float> rows(5, 2);
  EXPECT_NO_THROW(embed_in_plane(rows.view(), options));
  source.request_stop();
  try {
    embed_in_plane(rows.view(), options);
    ADD_FAILURE() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
}

TEST(EmbeddingTest, RefusesWhatIsNotFinite) {
  Matrix<float> rows(5, 2);
  rows(3, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(embed_in_plane(rows.view(), quick()), Error);
}

}  // namespace
}  // namespace pomona
