// SPDX-License-Identifier: Apache-2.0
// tsne.json: the t-SNE plot of the photographs. Call from one thread; it uses `workers`.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"

namespace pomona {

struct TsnePoint {
  std::string path;
  std::string label;
  Split split = Split::kTrain;
  float x = 0;
  float y = 0;
};

struct TsnePlot {
  double perplexity = 0;
  std::vector<TsnePoint> points;
};

// Of at most 1,200 rows, chosen by a hash of their paths, from their first 50 components.
// Throws interrupted when `stop` was asked to stop.
TsnePlot make_tsne_plot(const RowFile& components, const TableRows& rows, std::size_t workers,
                        const std::stop_token& stop);

// As tsne.json.
Json tsne_json(const TsnePlot& plot);

}  // namespace pomona
