// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/studio_only.h"

#include <algorithm>

#include "pomona/base/error.h"
#include "pomona/dataset/source_of.h"

namespace pomona {

void check_studio(const std::vector<std::string>& studio, const std::vector<std::string>& sources) {
  for (const std::string& name : studio) {
    if (std::ranges::find(sources, name) != sources.end()) continue;
    std::string list;
    for (const std::string& source : sources) list += (list.empty() ? "'" : ", '") + source + "'";
    throw Error(ErrorKind::kInvalidInput,
                "studio: there is no source '" + name + "' to learn from; " +
                    (list.empty() ? "no source has a name; give each a name in images"
                                  : "there are these: " + list));
  }
}

std::vector<std::string> studio_only_labels(const TableRows& rows,
                                            std::span<const std::size_t> learnt,
                                            const std::vector<std::string>& studio) {
  std::vector<std::string> labels;
  if (studio.empty()) return labels;
  std::vector<bool> in_the_wild(rows.train_labels.size());
  for (const std::size_t row : learnt) {
    if (rows.label_index[row] < 0) continue;
    if (!is_of_sources(rows.manifest.rows[row].path, studio)) {
      in_the_wild[static_cast<std::size_t>(rows.label_index[row])] = true;
    }
  }
  for (std::size_t i = 0; i < in_the_wild.size(); ++i) {
    if (!in_the_wild[i]) labels.push_back(rows.train_labels[i]);
  }
  return labels;
}

}  // namespace pomona
