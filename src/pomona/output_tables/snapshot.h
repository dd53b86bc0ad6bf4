// SPDX-License-Identifier: Apache-2.0
// A listing as it was when a run began: what a run that goes on works from, and what a later run
// compares a fresh listing with. The table `snapshot`. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pomona/dataset/manifest.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// Writes the rows and failures of a manifest of which nothing was read yet.
void write_snapshot(const Manifest& manifest, ObjectStore& store);
// The same manifest. Throws corrupt.
Manifest read_snapshot(const ObjectStore& store);

// SHA-256 of all that the snapshot holds.
std::string digest_of_listing(const Manifest& manifest);

}  // namespace pomona
