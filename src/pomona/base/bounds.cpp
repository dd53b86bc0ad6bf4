// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/bounds.h"

#include "pomona/base/error.h"

namespace pomona {

void refuse_option(std::string_view field, const std::string& expected, const std::string& found) {
  throw Error(ErrorKind::kInvalidInput,
              std::string(field) + ": expected " + expected + ", found " + found);
}

void check_given(std::string_view field, bool given, const std::string& what) {
  if (!given) refuse_option(field, what, "none");
}

}  // namespace pomona
