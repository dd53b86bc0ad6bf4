// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/shallow_json.h"

#include <algorithm>
#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// The depth of brackets outside of strings; of a text that is no JSON, any number.
std::size_t nesting(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '[' || c == '{')) {
      deepest = std::max(deepest, ++depth);
    } else if (!in_string && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Json parse_shallow_json(std::string_view text, std::string_view what) {
  if (nesting(text) > kDeepestJson) {
    throw Error(ErrorKind::kCorrupt, "reading " + std::string(what) + ": JSON nested deeper than " +
                                         std::to_string(kDeepestJson) + " levels");
  }
  return parse_json(text, what);
}

}  // namespace pomona
