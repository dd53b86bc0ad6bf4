// SPDX-License-Identifier: Apache-2.0
// From the name of a place to its store. One opener knows folders alone; the one of storage_s3
// knows buckets as well, with the settings of the services they lie in. Whoever reads or writes
// places takes a StoreOpener, and so links no network client. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pomona/storage/object_store.h"

namespace pomona {

struct OpenMode {
  bool create = false;    // make a folder that is missing; a bucket must exist
  bool stoppable = true;  // a request to stop ends what is under way; false: it does not
};

class StoreOpener {
 public:
  virtual ~StoreOpener() = default;
  // Throws invalid_input for an empty name or a scheme that is not known, not_found for a folder or
  // bucket that does not exist, denied where there are no credentials or they do not open it.
  virtual std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode mode = {}) const = 0;
};

// Opens folders; a place in a bucket throws invalid_input.
std::shared_ptr<const StoreOpener> local_store_opener();

// The whole of one object that a user names. Throws as StoreOpener::open() and ObjectStore::read()
// do.
std::string read_place(const std::string& place, std::uint64_t max_bytes,
                       const StoreOpener& stores);

}  // namespace pomona
