// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/tsne_plot.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "pomona/base/random.h"
#include "pomona/dataset/row_selection.h"
#include "pomona/neighbours/embedding.h"

namespace pomona {
namespace {

constexpr std::size_t kPoints = 1'200;
constexpr std::size_t kComponents = 50;

// Ascending.
std::vector<std::size_t> tsne_rows(const TableRows& rows) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    order.emplace_back(hash_text(rows.manifest.rows[i].path, /*seed=*/0), i);
  }
  const std::size_t count = std::min(kPoints, order.size());
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(order[i].second);
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace

TsnePlot make_tsne_plot(const RowFile& components, const TableRows& rows,
                        const Execution& execution) {
  const std::vector<std::size_t> chosen = tsne_rows(rows);
  Matrix<float> all(chosen.size(), components.cols());
  read_rows(components, chosen, all.view());
  Matrix<float> leading(chosen.size(), std::min(kComponents, components.cols()));
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::copy_n(all.row(i).begin(), leading.cols(), leading.row(i).begin());
  }
  EmbeddingOptions options;
  options.workers = execution.workers;
  options.stop = execution.stop;
  const Matrix<float> plane = embed_in_plane(leading.view(), options);
  TsnePlot plot{options.perplexity, {}};
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const ManifestRow& row = rows.manifest.rows[chosen[i]];
    plot.points.push_back({std::string(row.path), std::string(rows.manifest.label(row)), row.split,
                           plane(i, 0), plane(i, 1)});
  }
  return plot;
}

Json tsne_json(const TsnePlot& plot) {
  Json points = Json::array();
  for (const TsnePoint& point : plot.points) {
    points.push_back({{"path", point.path},
                      {"label", point.label},
                      {"split", split_name(point.split)},
                      {"x", point.x},
                      {"y", point.y}});
  }
  return {{"method", "t-SNE"}, {"perplexity", plot.perplexity}, {"points", std::move(points)}};
}

}  // namespace pomona
