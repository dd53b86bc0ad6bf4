// SPDX-License-Identifier: Apache-2.0
// Why a file could not be decoded: a value, for one broken photograph never ends a run. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "pomona/base/expected.h"

namespace pomona {

enum class DecodeFailureKind {
  kNotAnImage,         // of no image format at all
  kUnsupportedFormat,  // of a format, or a kind of it, that is not decoded here
  kTooLarge,           // beyond a limit; nothing was decoded
  kCorrupt,            // the bytes do not follow their format
  kTruncated,          // they end early
  kDamaged,            // a picture could be made of them, but not all of it is theirs
};
// "not_an_image", "unsupported_format", "too_large", "corrupt", "truncated", "damaged": as in
// failures.csv.
std::string_view decode_failure_name(DecodeFailureKind kind);

struct DecodeFailure {
  DecodeFailureKind kind = DecodeFailureKind::kCorrupt;
  std::string message;  // what was expected and found; never any content of the file
};

// What a function that expected a value returns instead.
inline unexpected<DecodeFailure> failed(DecodeFailure failure) {
  return unexpected<DecodeFailure>(std::move(failure));
}

}  // namespace pomona
