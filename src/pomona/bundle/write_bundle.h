// SPDX-License-Identifier: Apache-2.0
// Writes a bundle into a folder of a store. Any thread, but no two write the same folder at once.
#pragma once

#include <string_view>

#include "pomona/bundle/bundle.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// Writes the files of the bundle below the folder `folder` ("" for the root of the store),
// SHA256SUMS last. The bytes depend on the bundle alone. Throws like check_bundle(), and the
// store's errors.
void write_bundle(const Bundle& bundle, ObjectStore& store, std::string_view folder);

}  // namespace pomona
