// SPDX-License-Identifier: Apache-2.0
// tsne.json: the t-SNE plot of the photographs. Call from one thread; it uses as many workers as
// its Execution says.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pomona/base/execution.h"
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

// Of at most 1,200 rows, chosen by a hash of their paths, from their first 50 components. Throws
// interrupted.
TsnePlot make_tsne_plot(const RowFile& components, const TableRows& rows,
                        const Execution& execution);

// As tsne.json.
Json tsne_json(const TsnePlot& plot);

}  // namespace pomona
