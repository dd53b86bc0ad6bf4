// SPDX-License-Identifier: Apache-2.0
// Reads a bundle from its folder in a store. Any thread.
#pragma once

#include <string_view>

#include "pomona/bundle/bundle.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// Reads the bundle in the folder `folder` ("" for the root of the store). Every byte of it is
// compared with SHA256SUMS: throws corrupt, with the name of the file, for a file that is missing,
// changed or does not belong, or whose content makes no sense; not_found when there is no bundle.
// Sizes are limited before anything is read: 2 GiB in all, 16 MiB for each JSON file.
//
// A bundle without the two files of its backbone has an empty network: whoever runs it takes the
// installed backbone of its digest.
//
// The self-check is not run here, since it needs the network.
Bundle read_bundle(const ObjectStore& store, std::string_view folder);

}  // namespace pomona
