// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/output_names.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr const char* kComposed = "compose-";
constexpr const char* kJpeg = ".jpg";

bool is_composed_name(std::string_view name) {
  if (!name.starts_with(kComposed) || !name.ends_with(kJpeg)) return false;
  name.remove_prefix(std::string_view(kComposed).size());
  name.remove_suffix(std::string_view(kJpeg).size());
  return name.size() >= 5 && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const std::vector<std::string>& output_names() {
  static const std::vector<std::string> names = {
      "manifest",     "snapshot",    "features",     "previews",
      "reduced",      "bundle",      "reduced.csv",  "failures.csv",
      "shards.csv",   "tsne.json",   "metrics.json", "confusion.csv",
      "run.json",     "report.html", "SHA256SUMS",   "contact_sheet.jpg",
      kComposedFolder};
  return names;
}

std::string work_folder(const std::string& fingerprint) {
  return std::string(kWorkFolder) + "/" + fingerprint;
}

std::string composed_name(std::size_t index) {
  std::array<char, 40> name{};
  std::snprintf(name.data(), name.size(), "%s%05zu%s", kComposed, index, kJpeg);
  return name.data();
}

bool is_output(std::string_view key) {
  if (key == kComposedFolder) return false;
  if (is_below(key, kComposedFolder)) return is_composed_name(file_name(key));
  return std::ranges::any_of(
      output_names(), [&](const std::string& name) { return key == name || is_below(key, name); });
}

std::vector<std::string> written_names() {
  std::vector<std::string> names = output_names();
  names.emplace_back(kWorkFolder);
  return names;
}

}  // namespace pomona
