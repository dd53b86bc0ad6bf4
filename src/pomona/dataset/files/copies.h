// SPDX-License-Identifier: Apache-2.0
// Files with the same bytes under several names. They must lie on one side of a split, or the test
// asks for what training has seen. Each call is for one thread.
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>

#include "pomona/base/progress.h"
#include "pomona/base/scratch_memory.h"
#include "pomona/dataset/holdout.h"
#include "pomona/dataset/manifest.h"
#include "pomona/dataset/scan.h"

namespace pomona {

// Of each row the first row with the same bytes: itself where there is none before it. Only files
// of one size can be equal, so only these are read, several at once. Of objects whose ETag is the
// MD5 of their bytes none is read. A file that cannot be read is equal to none. Throws interrupted.
ScratchVector<std::size_t> find_copies(const ImageRoots& roots, const Manifest& manifest,
                                       Progress& progress, const std::stop_token& stop);

// Makes one group of the groups that hold copies of one another; it keeps the key of its first.
// Where its rows have different labels it becomes mixed. `first_copy`: as find_copies() gives it.
void join_copies(const Manifest& manifest, std::span<const std::size_t> first_copy, Groups& groups);

}  // namespace pomona
