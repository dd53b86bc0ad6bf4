// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/decode_failure.h"

namespace pomona {

std::string_view decode_failure_name(DecodeFailureKind kind) {
  switch (kind) {
    case DecodeFailureKind::kNotAnImage: return "not_an_image";
    case DecodeFailureKind::kUnsupportedFormat: return "unsupported_format";
    case DecodeFailureKind::kTooLarge: return "too_large";
    case DecodeFailureKind::kCorrupt: return "corrupt";
    case DecodeFailureKind::kTruncated: return "truncated";
    case DecodeFailureKind::kDamaged: return "damaged";
  }
  return "";
}

}  // namespace pomona
