// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/surest_mistakes.h"

#include <algorithm>
#include <functional>
#include <set>

#include "pomona/metrics/answers.h"
#include "pomona/metrics/metrics.h"

namespace pomona {

std::vector<std::size_t> surest_mistakes(MatrixView<const double> probabilities,
                                         std::span<const std::int32_t> labels,
                                         std::span<const std::int32_t> groups, std::size_t most) {
  check_answers("looking for the surest mistakes", probabilities, labels);
  check_groups("looking for the surest mistakes", groups, labels.size());
  const std::vector<std::int32_t> answers = first_answers(probabilities);
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= 0 && labels[i] != answers[i]) wrong.push_back(i);
  }
  std::ranges::stable_sort(wrong, std::greater(), [&](std::size_t i) {
    return probabilities(i, static_cast<std::size_t>(answers[i]));
  });
  std::vector<std::size_t> surest;
  std::set<std::int32_t> met;
  for (const std::size_t i : wrong) {
    if (surest.size() == most) break;
    if (groups.empty() || met.insert(groups[i]).second) surest.push_back(i);
  }
  return surest;
}

}  // namespace pomona
