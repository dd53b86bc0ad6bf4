// SPDX-License-Identifier: Apache-2.0
// Exact t-SNE (van der Maaten and Hinton 2008, "Visualizing data using t-SNE"): similarities p
// between rows from Gaussians whose widths give every row the same perplexity, similarities q
// between points from a Student t distribution with one degree of freedom, and gradient descent on
// the divergence of q from p, with momentum, gains and early exaggeration as in that paper. Every
// pass goes over fixed blocks of rows whose sums are added in order, so the picture does not depend
// on the number of workers.
#include "pomona/neighbours/embedding.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/parallel.h"
#include "pomona/base/stop.h"
#include "pomona/learn/simd.h"

namespace pomona {
namespace {

constexpr std::size_t kBlockRows = 64;
constexpr float kExaggeration = 12;
constexpr int kExaggeratedIterations = 250;
constexpr float kSmallest = 1e-12F;

void for_rows(std::size_t rows, std::size_t workers,
              const std::function<void(std::size_t row)>& body) {
  const std::size_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  parallel_for(blocks, workers, [&](std::size_t block, std::size_t /*worker*/) {
    const std::size_t last = std::min((block + 1) * kBlockRows, rows);
    for (std::size_t row = block * kBlockRows; row < last; ++row) body(row);
  });
}

POMONA_VECTOR_CLONES
float squared_distance(const float* a, const float* b, std::size_t dims) {
  float sum = 0;
  for (std::size_t i = 0; i < dims; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

struct Spread {
  float sum = 0;       // of weights
  float distance = 0;  // sum of weight times distance
};

// Weights of one Gaussian over squared distances beyond the nearest.
POMONA_VECTOR_CLONES
Spread weigh(const float* distances, float nearest, float beta, float* weights, std::size_t n) {
  Spread spread;
  for (std::size_t j = 0; j < n; ++j) {
    const float distance = distances[j] - nearest;
    weights[j] = exp_of_negative(-beta * distance);
    spread.sum += weights[j];
    spread.distance += weights[j] * distance;
  }
  return spread;
}

// Finds by bisection the width at which the entropy is that of `perplexity` equal neighbours.
// distances: to all other rows.
void fit_gaussian(std::span<const float> distances, double perplexity, std::span<float> weights) {
  const float nearest = *std::ranges::min_element(distances);
  double mean = 0;
  for (const float distance : distances) mean += static_cast<double>(distance - nearest);
  mean /= static_cast<double>(distances.size());
  const double wanted = std::log(perplexity);
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  double beta = mean > 0 ? 1 / mean : 1;
  Spread spread;
  for (int step = 0; step < 50; ++step) {
    spread = weigh(distances.data(), nearest, static_cast<float>(beta), weights.data(),
                   distances.size());
    const double sum = static_cast<double>(spread.sum);
    const double entropy = std::log(sum) + beta * static_cast<double>(spread.distance) / sum;
    // Where all distances are equal no width changes the entropy.
    if (mean == 0 || std::abs(entropy - wanted) < 1e-4) break;
    (entropy > wanted ? low : high) = beta;
    beta = std::isinf(high) ? beta * 2 : (low + high) / 2;
  }
  for (float& weight : weights) weight /= spread.sum;
}

// Symmetric similarities of rows, summing to 1.
Matrix<float> similarities(MatrixView<const float> rows, double perplexity, std::size_t workers) {
  const std::size_t n = rows.rows();
  Matrix<float> conditional(n, n);
  for_rows(n, workers, [&](std::size_t i) {
    std::vector<float> distances(n - 1);
    for (std::size_t j = 0; j + 1 < n; ++j) {
      const std::size_t other = j < i ? j : j + 1;
      distances[j] = squared_distance(rows.row(i).data(), rows.row(other).data(), rows.cols());
    }
    std::vector<float> weights(n - 1);
    fit_gaussian(distances, perplexity, weights);
    const std::span<float> row = conditional.row(i);
    const auto own = static_cast<std::ptrdiff_t>(i);
    std::copy(weights.begin(), weights.begin() + own, row.begin());
    std::copy(weights.begin() + own, weights.end(), row.begin() + own + 1);
  });
  Matrix<float> joint(n, n);
  const float scale = 1 / (2 * static_cast<float>(n));
  for_rows(n, workers, [&](std::size_t i) {
    for (std::size_t j = 0; j < n; ++j) {
      joint(i, j) = std::max(kSmallest, (conditional(i, j) + conditional(j, i)) * scale);
    }
  });
  return joint;
}

// Points as two arrays, which a compiler can work on several at a time.
struct Plane {
  explicit Plane(std::size_t rows) : x(rows), y(rows) {}
  std::vector<float> x;
  std::vector<float> y;
};

// What all points do to one: towards its neighbours by p, away from everybody by q, the latter
// before division by the sum of all affinities.
struct Pull {
  float to_x = 0;
  float to_y = 0;
  float from_x = 0;
  float from_y = 0;
  float affinities = 0;
};

POMONA_VECTOR_CLONES
Pull pull_on(const float* x, const float* y, const float* p, float xi, float yi, std::size_t n) {
  Pull pull;
  for (std::size_t j = 0; j < n; ++j) {
    const float dx = xi - x[j];
    const float dy = yi - y[j];
    const float affinity = 1 / (1 + dx * dx + dy * dy);
    const float towards = p[j] * affinity;
    const float away = affinity * affinity;
    pull.to_x += towards * dx;
    pull.to_y += towards * dy;
    pull.from_x += away * dx;
    pull.from_y += away * dy;
    pull.affinities += affinity;
  }
  return pull;
}

Plane gradient(const Plane& points, const Matrix<float>& p, float exaggeration,
               std::size_t workers) {
  const std::size_t n = points.x.size();
  std::vector<Pull> pulls(n);
  for_rows(n, workers, [&](std::size_t i) {
    pulls[i] =
        pull_on(points.x.data(), points.y.data(), p.row(i).data(), points.x[i], points.y[i], n);
  });
  double all = 0;
  // A point's affinity to itself is 1 and does not count.
  for (const Pull& pull : pulls) all += static_cast<double>(pull.affinities) - 1;
  const auto share = static_cast<float>(1 / std::max(all, 1e-12));
  Plane slope(n);
  for (std::size_t i = 0; i < n; ++i) {
    slope.x[i] = 4 * (exaggeration * pulls[i].to_x - share * pulls[i].from_x);
    slope.y[i] = 4 * (exaggeration * pulls[i].to_y - share * pulls[i].from_y);
  }
  return slope;
}

// One coordinate of gradient descent with momentum and a gain a point.
struct Descent {
  explicit Descent(std::size_t rows) : velocity(rows), gain(rows, 1) {}
  std::vector<float> velocity;
  std::vector<float> gain;

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

[[noreturn]] void refuse_embedding(const std::string& why) {
  throw Error(ErrorKind::kInvalidInput, "embedding rows by t-SNE: " + why);
}

void check_finite(MatrixView<const float> rows) {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    // Distances are float32, and squares of larger numbers are not.
    if (std::ranges::all_of(rows.row(i), [](float value) { return std::abs(value) < 1e15F; })) {
      continue;
    }
    refuse_embedding("row " + std::to_string(i) + " has a value that is not finite, or too large");
  }
}

}  // namespace

void EmbeddingOptions::check() const {
  if (!(perplexity >= 1 && std::isfinite(perplexity))) {
    refuse_embedding("expected a finite perplexity of at least 1, found " +
                     shown_number(perplexity));
  }
  if (iterations < 1 || iterations > kMostEmbeddingIterations) {
    refuse_embedding("expected iterations from 1 to " + std::to_string(kMostEmbeddingIterations) +
                     ", found " + std::to_string(iterations));
  }
}

Matrix<float> embed_in_plane(MatrixView<const float> rows, const EmbeddingOptions& options) {
  const std::size_t n = rows.rows();
  options.check();
  if (n > kMostEmbeddedRows) {
    refuse_embedding("expected at most " + std::to_string(kMostEmbeddedRows) + " rows, found " +
                     std::to_string(n) + "; embed a sample of them");
  }
  check_finite(rows);
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
  const int early_iterations = std::min(kExaggeratedIterations, options.iterations / 2);
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    throw_if_stopped(options.stop);
    const bool early = iteration < early_iterations;
    const Plane slope = gradient(points, p, early ? kExaggeration : 1.0F, options.workers);
    const float momentum = early ? 0.5F : 0.8F;
    along_x.step(points.x, slope.x, momentum, rate);
    along_y.step(points.y, slope.y, momentum, rate);
  }
  return within_unit_square(points);
}

}  // namespace pomona
