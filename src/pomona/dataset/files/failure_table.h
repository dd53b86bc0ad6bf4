// SPDX-License-Identifier: Apache-2.0
// failures.csv: which files could not be used, and why. Any thread.
#pragma once

#include <vector>

#include "pomona/dataset/manifest.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// In the order they are given; with none it is the header alone.
void write_failures(const std::vector<FileFailure>& failures, ObjectStore& store);

}  // namespace pomona
