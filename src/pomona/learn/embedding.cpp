// SPDX-License-Identifier: Apache-2.0
// Exact t-SNE (van der Maaten and Hinton 2008, "Visualizing data using t-SNE"): similarities p
// between rows from Gaussians whose widths give every row the same perplexity, similarities q
// between points from a Student t distribution with one degree of freedom, and gradient descent on
// the divergence of q from p. Momentum, gains and early exaggeration as in the authors' code. Every
// pass goes over fixed blocks of rows whose sums are added in order, so the picture does not depend
// on the number of workers.
#include "pomona/learn/embedding.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "pomona/base/parallel.h"
#include "pomona/learn/linear_algebra.h"
#include "pomona/learn/simd.h"

namespace pomona {
namespace {

constexpr std::size_t kBlockRows = 64;
constexpr float kExaggeration = 12;
constexpr int kExaggeratedIterations = 150;
constexpr float kSmallest = 1e-12F;

void for_blocks(
    std::size_t rows, std::size_t workers,
    const std::function<void(std::size_t block, std::size_t first, std::size_t last)>& body) {
  const std::size_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  parallel_for(blocks, workers, [&](std::size_t block, std::size_t) {
    body(block, block * kBlockRows, std::min((block + 1) * kBlockRows, rows));
  });
}

Matrix<float> squared_distances(MatrixView<const float> rows) {
  const std::size_t n = rows.rows();
  Matrix<float> products(n, n);
  multiply_by_transposed(rows, rows, products.view());
  Matrix<float> distances(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      distances(i, j) = std::max(0.0F, products(i, i) + products(j, j) - 2 * products(i, j));
    }
  }
  return distances;
}

// Weights of one Gaussian over all rows but its own, and their entropy in nats.
double gaussian_row(std::span<const float> distances, std::size_t own, float nearest, double beta,
                    std::span<float> weights) {
  double sum = 0;
  double weighted = 0;
  for (std::size_t j = 0; j < distances.size(); ++j) {
    const double distance = static_cast<double>(distances[j] - nearest);
    const double weight = j == own ? 0 : std::exp(-beta * distance);
    weights[j] = static_cast<float>(weight);
    sum += weight;
    weighted += weight * distance;
  }
  for (float& weight : weights) weight /= static_cast<float>(sum);
  return std::log(sum) + beta * weighted / sum;
}

// Finds by bisection the width at which the entropy is that of `perplexity` equal neighbours.
void fit_gaussian(std::span<const float> distances, std::size_t own, double perplexity,
                  std::span<float> weights) {
  float nearest = std::numeric_limits<float>::infinity();
  for (std::size_t j = 0; j < distances.size(); ++j) {
    if (j != own) nearest = std::min(nearest, distances[j]);
  }
  const double wanted = std::log(perplexity);
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  double beta = 1;
  for (int step = 0; step < 60; ++step) {
    const double entropy = gaussian_row(distances, own, nearest, beta, weights);
    if (std::abs(entropy - wanted) < 1e-4) return;
    (entropy > wanted ? low : high) = beta;
    beta = std::isinf(high) ? beta * 2 : (low + high) / 2;
  }
}

// Symmetric similarities of rows, summing to 1.
Matrix<float> similarities(MatrixView<const float> rows, double perplexity, std::size_t workers) {
  const std::size_t n = rows.rows();
  const Matrix<float> distances = squared_distances(rows);
  Matrix<float> conditional(n, n);
  for_blocks(n, workers, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      fit_gaussian(distances.row(i), i, perplexity, conditional.row(i));
    }
  });
  Matrix<float> joint(n, n);
  const float scale = 1 / (2 * static_cast<float>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      joint(i, j) = std::max(kSmallest, (conditional(i, j) + conditional(j, i)) * scale);
    }
  }
  return joint;
}

// Points as two arrays, which a compiler can work on several at a time.
struct Plane {
  std::vector<float> x;
  std::vector<float> y;
  explicit Plane(std::size_t rows) : x(rows), y(rows) {}
};

POMONA_VECTOR_CLONES
float sum_affinities(const float* x, const float* y, float xi, float yi, std::size_t n) {
  float sum = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const float dx = xi - x[j];
    const float dy = yi - y[j];
    sum += 1 / (1 + dx * dx + dy * dy);
  }
  return sum;
}

struct Pull {
  float x = 0;
  float y = 0;
};

POMONA_VECTOR_CLONES
Pull pull_on(const float* x, const float* y, const float* p, float xi, float yi, float exaggeration,
             float scale, std::size_t n) {
  float pull_x = 0;
  float pull_y = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const float dx = xi - x[j];
    const float dy = yi - y[j];
    const float affinity = 1 / (1 + dx * dx + dy * dy);
    const float force = (exaggeration * p[j] - affinity * scale) * affinity;
    pull_x += force * dx;
    pull_y += force * dy;
  }
  return {pull_x, pull_y};
}

Plane gradient(const Plane& points, const Matrix<float>& p, float exaggeration,
               std::size_t workers) {
  const std::size_t n = points.x.size();
  std::vector<double> sums((n + kBlockRows - 1) / kBlockRows);
  for_blocks(n, workers, [&](std::size_t block, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      // A point's affinity to itself is 1 and does not count.
      sums[block] +=
          sum_affinities(points.x.data(), points.y.data(), points.x[i], points.y[i], n) - 1;
    }
  });
  double all = 0;
  for (const double sum : sums) all += sum;
  const auto scale = static_cast<float>(1 / std::max(all, 1e-12));
  Plane result(n);
  for_blocks(n, workers, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const Pull pull = pull_on(points.x.data(), points.y.data(), p.row(i).data(), points.x[i],
                                points.y[i], exaggeration, scale, n);
      result.x[i] = 4 * pull.x;
      result.y[i] = 4 * pull.y;
    }
  });
  return result;
}

// One coordinate of gradient descent with momentum and a gain a point.
struct Descent {
  std::vector<float> velocity;
  std::vector<float> gain;
  explicit Descent(std::size_t rows) : velocity(rows), gain(rows, 1) {}

  void step(std::vector<float>& points, const std::vector<float>& slope, float momentum,
            float rate) {
    double mean = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const bool turned = (slope[i] > 0) != (velocity[i] > 0);
      gain[i] = std::max(0.01F, turned ? gain[i] + 0.2F : gain[i] * 0.8F);
      velocity[i] = momentum * velocity[i] - rate * gain[i] * slope[i];
      points[i] += velocity[i];
      mean += static_cast<double>(points[i]);
    }
    mean /= static_cast<double>(points.size());
    for (float& point : points) point -= static_cast<float>(mean);
  }
};

std::vector<float> starting_column(MatrixView<const float> rows, std::size_t col) {
  std::vector<float> column(rows.rows());
  if (col >= rows.cols()) return column;
  double mean = 0;
  for (std::size_t i = 0; i < column.size(); ++i) mean += static_cast<double>(rows(i, col));
  mean /= static_cast<double>(column.size());
  double variance = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    column[i] = rows(i, col) - static_cast<float>(mean);
    variance += static_cast<double>(column[i]) * static_cast<double>(column[i]);
  }
  const double deviation = std::sqrt(variance / static_cast<double>(column.size()));
  const auto scale = deviation > 0 ? static_cast<float>(1e-4 / deviation) : 0.0F;
  for (float& value : column) value *= scale;
  return column;
}

Matrix<float> within_unit_square(const Plane& points) {
  float largest = kSmallest;
  for (const float x : points.x) largest = std::max(largest, std::abs(x));
  for (const float y : points.y) largest = std::max(largest, std::abs(y));
  Matrix<float> plane(points.x.size(), 2);
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    plane(i, 0) = points.x[i] / largest;
    plane(i, 1) = points.y[i] / largest;
  }
  return plane;
}

}  // namespace

Matrix<float> embed_in_plane(MatrixView<const float> rows, const EmbeddingOptions& options) {
  const std::size_t n = rows.rows();
  if (n < 2 || rows.cols() == 0) return Matrix<float>(n, 2);
  const double perplexity =
      std::max(1.0, std::min(options.perplexity, static_cast<double>(n - 1) / 3));
  const Matrix<float> p = similarities(rows, perplexity, options.workers);
  Plane points(n);
  points.x = starting_column(rows, 0);
  points.y = starting_column(rows, 1);
  Descent along_x(n);
  Descent along_y(n);
  const float rate = std::max(50.0F, static_cast<float>(n) / kExaggeration / 4);
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    const bool early = iteration < std::min(kExaggeratedIterations, options.iterations / 2);
    const Plane slope = gradient(points, p, early ? kExaggeration : 1.0F, options.workers);
    const float momentum = early ? 0.5F : 0.8F;
    along_x.step(points.x, slope.x, momentum, rate);
    along_y.step(points.y, slope.y, momentum, rate);
  }
  return within_unit_square(points);
}

}  // namespace pomona
