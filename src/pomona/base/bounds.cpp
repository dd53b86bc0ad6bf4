// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/bounds.h"

#include <charconv>

#include "pomona/base/error.h"

namespace pomona {

void refuse_option(std::string_view field, const std::string& expected, const std::string& found) {
  throw Error(ErrorKind::kInvalidInput,
              std::string(field) + ": expected " + expected + ", found " + found);
}

std::string option_text(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

void check_given(std::string_view field, bool given, const std::string& what) {
  if (!given) refuse_option(field, what, "none");
}

}  // namespace pomona
