// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/hidden_names.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <iterator>

#include "pomona/base/unicode.h"

namespace pomona {
namespace {

// In lower case.
constexpr std::string_view kHidden[] = {"#recycle",
                                        "#snapshot",
                                        "$recycle.bin",
                                        "@eadir",
                                        "@recently-snapshot",
                                        "@recycle",
                                        "@sharebin",
                                        "@sharesnap",
                                        "@tmp",
                                        "@transcode",
                                        "desktop.ini",
                                        "ehthumbs.db",
                                        "ehthumbs_vista.db",
                                        "found.000",
                                        "icon\r",
                                        "lost+found",
                                        "lost.dir",
                                        "network trash folder",
                                        "recycled",
                                        "recycler",
                                        "system volume information",
                                        "temporary items",
                                        "thumbs.db",
                                        "thumbs.db:encryptable",
                                        "~snapshot"};

// Design rule for Camera File system: four characters, here the first is '_', and four digits.
bool is_camera_name(std::string_view name) {
  constexpr std::size_t kFreeLetters = 4;
  constexpr std::size_t kNameLetters = 8;
  if (name.size() <= kNameLetters) return false;
  const auto is_digit = [](unsigned char letter) { return std::isdigit(letter) != 0; };
  const auto is_free = [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_';
  };
  return std::ranges::all_of(name.substr(0, kFreeLetters), is_free) &&
         std::ranges::all_of(name.substr(kFreeLetters, kNameLetters - kFreeLetters), is_digit) &&
         !is_digit(static_cast<unsigned char>(name[kNameLetters]));
}

bool hides(std::string_view name, bool is_file) {
  if (name.starts_with('.')) return true;
  if (name.starts_with('_')) return !is_file || !is_camera_name(name);
  return std::ranges::find(kHidden, ascii_lower(name)) != std::end(kHidden);
}

}  // namespace

bool is_hidden(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return hides(path, /*is_file=*/true);
    if (hides(path.substr(0, slash), /*is_file=*/false)) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace pomona
