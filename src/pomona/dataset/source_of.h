// SPDX-License-Identifier: Apache-2.0
// Which source a photograph is of, where there are several: the first part of its path names it.
// Any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace pomona {

inline std::string_view source_of(std::string_view path) { return path.substr(0, path.find('/')); }

inline bool is_of_sources(std::string_view path, const std::vector<std::string>& sources) {
  return std::ranges::find(sources, source_of(path)) != sources.end();
}

}  // namespace pomona
