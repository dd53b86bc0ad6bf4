// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/output_names.h"

#include <algorithm>

#include "pomona/storage/key.h"

namespace pomona {

const std::vector<std::string>& output_names() {
  static const std::vector<std::string> names = {
      "manifest",      "snapshot",    "features",     "pictures",   "reduced",  "bundle",
      "thumbnails",    "reduced.csv", "failures.csv", "shards.csv", "map.json", "metrics.json",
      "confusion.csv", "run.json",    "report.html",  "SHA256SUMS"};
  return names;
}

std::string work_folder(const std::string& fingerprint) {
  return std::string(kWorkFolder) + "/" + fingerprint;
}

bool is_output(std::string_view key) {
  return std::ranges::any_of(
      output_names(), [&](const std::string& name) { return key == name || is_below(key, name); });
}

std::vector<std::string> written_names() {
  std::vector<std::string> names = output_names();
  names.emplace_back(kWorkFolder);
  return names;
}

}  // namespace pomona
