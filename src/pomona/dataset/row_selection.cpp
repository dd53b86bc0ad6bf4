// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/row_selection.h"

#include <algorithm>
#include <iterator>

namespace pomona {
namespace {

// The run of rows that follow each other from `begin` on.
std::size_t run_length(std::span<const std::size_t> chosen, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < chosen.size() && chosen[end] == chosen[end - 1] + 1) ++end;
  return end - begin;
}

}  // namespace

std::vector<std::size_t> with_label(const TableRows& rows, const std::vector<std::size_t>& chosen) {
  std::vector<std::size_t> result;
  std::ranges::copy_if(chosen, std::back_inserter(result),
                       [&](std::size_t row) { return rows.label_index[row] >= 0; });
  return result;
}

std::vector<std::size_t> without(const std::vector<std::size_t>& all,
                                 const std::vector<std::size_t>& some) {
  std::vector<std::size_t> result;
  std::ranges::set_difference(all, some, std::back_inserter(result));
  return result;
}

void read_rows(const RowFile& file, std::span<const std::size_t> chosen, MatrixView<float> rows) {
  if (chosen.empty()) return;
  const std::size_t covered = chosen.back() - chosen.front() + 1;
  if (covered == chosen.size()) {
    file.read(chosen.front(), rows);
    return;
  }
  if (covered <= 2 * chosen.size()) {
    Matrix<float> all(covered, file.cols());
    file.read(chosen.front(), all.view());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      std::ranges::copy(all.row(chosen[i] - chosen.front()), rows.row(i).begin());
    }
    return;
  }
  for (std::size_t i = 0; i < chosen.size();) {
    const std::size_t count = run_length(chosen, i);
    file.read(chosen[i], rows.rows_from(i, count));
    i += count;
  }
}

}  // namespace pomona
