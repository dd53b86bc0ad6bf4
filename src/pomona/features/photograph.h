// SPDX-License-Identifier: Apache-2.0
// A photograph as a caller hands it over, whatever its form, and its way to a row of features. A
// value; add_photograph(): any thread, each with a featurizer of its own.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "pomona/base/expected.h"
#include "pomona/features/photograph_featurizer.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/image.h"

namespace pomona {

// A file on this machine, which is read when its turn comes.
struct PhotographFile {
  std::string path;
};
// Encoded bytes, a file, or upright RGB pixels.
using Photograph = std::variant<std::string, PhotographFile, Image>;

// Why a photograph has no row; stages and kinds as in failures.csv.
struct PhotographFailure {
  std::string stage;  // "read", "decode"
  std::string kind;
  std::string message;
};

struct AddedPhotograph {
  double damage = 0;  // the share of the picture that is lost
  // Upright, at least as large as the crops need; valid until the next one is added.
  const Image& picture;
};

// Begins a row of the featurizer. Throws what the network throws.
expected<AddedPhotograph, PhotographFailure> add_photograph(const Photograph& photograph,
                                                            const DecodeLimits& limits,
                                                            PhotographFeaturizer& featurizer);
// The same for encoded bytes that somebody else holds.
expected<AddedPhotograph, PhotographFailure> add_photograph(std::string_view bytes,
                                                            const DecodeLimits& limits,
                                                            PhotographFeaturizer& featurizer);

}  // namespace pomona
