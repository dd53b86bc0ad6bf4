// SPDX-License-Identifier: Apache-2.0
// Domain adaptation: shifts and scales rows of the studio domain to the in-the-wild domain, so that
// labels known from the studio alone are recognised in the wild. Means and, dimension by dimension,
// variances within labels become those of the wild, over the labels that both have, each label
// counting the same (by moments, as Sun, Feng, Saenko, Return of Frustratingly Easy Domain
// Adaptation, 2016). The whole covariance instead did worse; docs/kinds.md. A DomainAdaptation may
// be read from several threads.
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

// Throws invalid_input for a source of `options.adapt` that is none of `options.studio`, and for
// ridge regression.
void check_adaptation(const TrainOptions& options);

// Those of the rows `chosen` that are of no source in `adapt`: adapted rows train, but take no part
// in evaluation and calibration.
std::vector<std::size_t> without_adapted(const TableRows& rows, std::vector<std::size_t> chosen,
                                         const std::vector<std::string>& adapt);

class DomainAdaptation {
 public:
  // `inputs` has a row for each photograph; means are of the rows `chosen`. The sources to adapt
  // are options.adapt; the in-the-wild domain is every source that options.studio does not name. A
  // source that has no label in common with it stays as it is.
  DomainAdaptation(const RowFile& inputs, const TableRows& rows,
                   std::span<const std::size_t> chosen, const TrainOptions& options);

  bool adapts(std::string_view source) const { return transforms_.contains(source); }

  // A copy in `scratch_folder` of rows of the same table, one or more for each photograph, in which
  // those of the sources are adapted.
  std::unique_ptr<RowFile> adapted(const RowFile& file, const std::string& scratch_folder) const;

 private:
  struct Transform {
    std::vector<double> factor;  // a dimension x goes to factor · x + offset
    std::vector<double> offset;

    void apply(std::span<float> row) const;
  };

  const TableRows& rows_;
  std::map<std::string, Transform, std::less<>> transforms_;  // by source
};

}  // namespace pomona
