// SPDX-License-Identifier: Apache-2.0
// Photographs without fruit, of which compose lays parts behind the fruit. Each call is for one
// thread; it uses `workers`.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/dataset/manifest.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/image.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct Backgrounds {
  std::vector<Image> photographs;     // in an order that depends on their paths alone
  std::vector<FileFailure> failures;  // stage "background", paths relative to the folder
};

// All that a folder, or s3://bucket/prefix, and those below it hold, as far as memory is set aside
// for them; reduced to what pictures of `side` pixels need. Throws invalid_input where there is no
// photograph.
Backgrounds read_backgrounds(const std::string& place, const StoreOpener& stores, int side,
                             const DecodeLimits& limits, std::size_t workers,
                             const std::stop_token& stop);

}  // namespace pomona
