// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/fit.h"

#include <string>

#include "pomona/base/error.h"

namespace pomona {

std::string_view fit_name(Fit fit) {
  switch (fit) {
    case Fit::kSquash: return "squash";
    case Fit::kCrop: return "crop";
    case Fit::kPad: return "pad";
  }
  return "squash";
}

Fit fit_from_name(std::string_view name) {
  for (const Fit fit : {Fit::kSquash, Fit::kCrop, Fit::kPad}) {
    if (fit_name(fit) == name) return fit;
  }
  throw Error(ErrorKind::kInvalidInput,
              "reading a fit: expected squash, crop or pad, found '" + std::string(name) + "'");
}

}  // namespace pomona
