// SPDX-License-Identifier: Apache-2.0
// A check of `verify`: the manifest beside the photographs as they are now. Any thread.
#pragma once

#include <string>

#include "pomona/dataset/manifest.h"
#include "pomona/dataset/scan.h"

namespace pomona {

// Every file of a fresh listing is in the manifest once, with its size, and the other way round:
// throws corrupt with how many are not, or returns a sentence on what it has seen.
std::string compare_listing(const ImageRoots& roots, const Manifest& manifest);

}  // namespace pomona
