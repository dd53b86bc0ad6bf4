// SPDX-License-Identifier: Apache-2.0
// Moves rows of pictures that show no life to where photographs of life lie, so that a label known
// from such pictures alone is looked for where it would lie in life. Means and, dimension by
// dimension, variances within labels are made those of life, over the labels that both have, each
// label counting the same: domain adaptation by moments (Sun, Feng, Saenko, Return of Frustratingly
// Easy Domain Adaptation, 2016). The whole covariance instead did worse; docs/kinds.md.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/training/train.h"

namespace pomona {

// Throws invalid_input for a source of `options.align` that is none of `options.studio`, and for
// ridge regression.
void check_alignment(const TrainOptions& options);

// Those of the rows `chosen` that are of no source in `align`: what is learnt from elsewhere than
// where it lies is neither judged nor calibrated by.
std::vector<std::size_t> without_aligned(const TableRows& rows, std::vector<std::size_t> chosen,
                                         const std::vector<std::string>& align);

class SourceAlignment {
 public:
  // `inputs` has a row for each photograph; means are of the rows `chosen`. The sources to move are
  // options.align, and life is every source that options.studio does not name. A source that has no
  // label in common with life stays where it is.
  SourceAlignment(const RowFile& inputs, const TableRows& rows, std::span<const std::size_t> chosen,
                  const TrainOptions& options);

  bool moves(std::string_view source) const { return moves_.contains(source); }

  // A copy in `scratch_folder` of rows of the same table, one or more for each photograph, in which
  // those of the sources are moved.
  std::unique_ptr<RowFile> moved(const RowFile& file, const std::string& scratch_folder) const;

 private:
  struct Move {
    std::vector<double> factor;  // a dimension x goes to factor · x + offset
    std::vector<double> offset;

    void apply(std::span<float> row) const;
  };

  const TableRows& rows_;
  std::map<std::string, Move, std::less<>> moves_;  // by source
};

}  // namespace pomona
