// SPDX-License-Identifier: Apache-2.0
// The single checks of `verify`. Each reads its files in full, throws corrupt with what was
// expected and found where, or returns a sentence on what it has seen. Any thread.
#pragma once

#include <string>

#include "pomona/dataset/manifest.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// Rows in order, no key twice, statuses known.
Manifest read_manifest_table(const ObjectStore& store);
// The rows of a reduced table that stands without a manifest, as `pomona reduce` leaves it; all ok.
Manifest manifest_of_reduced_table(const ObjectStore& store);

// One row for every failed file, and no other.
std::string check_failures(const ObjectStore& store, const Manifest& manifest);

// The files are those of the manifest, with their sizes, in order.
std::string check_snapshot(const ObjectStore& store, const Manifest& manifest);

// Part by part: files = ok + failed + skipped, as in the manifest, and a row of features for each
// that is ok.
std::string check_shards(const ObjectStore& store, const Manifest& manifest);

// The keys are those of the manifest's ok rows, in order; all numbers are finite, all rows equally
// wide.
std::string check_feature_table(const ObjectStore& store, const Manifest& manifest);
// Also that label_index follows from the training labels, and that reduced.csv says the same.
std::string check_reduced_table(const ObjectStore& store, const Manifest& manifest);
// Keys are some of the ok rows, in order; each has a JPEG of the size of previews.
std::string check_preview_table(const ObjectStore& store, const Manifest& manifest);

// metrics.json and confusion.csv agree.
std::string check_metrics(const ObjectStore& store);

}  // namespace pomona
