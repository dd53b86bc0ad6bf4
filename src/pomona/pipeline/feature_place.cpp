// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/feature_place.h"

#include <filesystem>

#include "pomona/base/error.h"
#include "pomona/storage/local_store.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

bool has_parts(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".parquet") return true;
  }
  return false;
}

// The folder that holds the table, and the name of the table in it.
std::optional<std::pair<fs::path, std::string>> find_table(const fs::path& path) {
  if (fs::is_regular_file(path) && path.extension() == ".parquet") {
    return std::pair(path.parent_path(), path.filename().string());
  }
  if (has_parts(path / "features")) return std::pair(path, std::string("features"));
  if (has_parts(path)) return std::pair(path.parent_path(), path.filename().string());
  return std::nullopt;
}

}  // namespace

bool holds_features(const std::string& path) {
  return find_table(fs::absolute(path).lexically_normal()).has_value();
}

FeaturePlace open_features(const std::string& path) {
  fs::path asked = fs::absolute(path).lexically_normal();
  if (!asked.has_filename()) asked = asked.parent_path();
  const auto table = find_table(asked);
  if (!table) {
    throw Error(ErrorKind::kNotFound,
                "opening features '" + path +
                    "': expected a folder made by `pomona extract` or `pomona run`, a "
                    "folder of .parquet files, or one .parquet file");
  }
  FeaturePlace found;
  found.store = std::make_shared<LocalStore>(table->first.string());
  found.place = table->second;
  if (found.store->exists("run.json")) {
    found.run_record = parse_json(found.store->read("run.json"), "run.json beside the features");
  }
  return found;
}

}  // namespace pomona
