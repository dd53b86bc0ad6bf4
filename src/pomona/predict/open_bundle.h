// SPDX-License-Identifier: Apache-2.0
// A bundle from the place it lies in, ready to predict. Any thread.
#pragma once

#include <string>

#include "pomona/bundle/bundle.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

// Opens the folder of a bundle: `place` itself, or `bundle/` in it; one without a network gets that
// of find_network(). Throws not_found, corrupt.
Bundle open_bundle(const std::string& place, const std::string& models, const StoreOpener& stores);

// What the bundle knows about its labels; of a bundle without a catalogue: an empty one. Throws
// corrupt.
Catalogue read_catalogue(const Bundle& bundle);

}  // namespace pomona
