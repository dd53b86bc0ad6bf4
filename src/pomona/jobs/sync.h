// SPDX-License-Identifier: Apache-2.0
// sync: makes one place hold what another holds, in either direction between folders and buckets.
// Each call is for one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/progress.h"
#include "pomona/storage/object_store.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct SyncOptions {
  std::string from;
  std::string to;  // a folder is made; a bucket must exist
  // Only these objects of `from`, which is not listed then; empty: all. One that is not there is a
  // failure.
  std::vector<std::string> keys;
  std::shared_ptr<const StoreOpener> stores = local_store_opener();
  bool remove_others = false;  // objects of `to` that `from` has not
  bool dry_run = false;        // only report what would be done

  // Throws invalid_input that names the field.
  void check() const;
};

struct SyncFailure {
  std::string key;
  std::string message;
};

struct SyncReport {
  std::vector<std::string> copied;   // keys, in byte order; with dry_run: that would be
  std::vector<std::string> removed;  // the same
  std::vector<SyncFailure> failures;
  std::size_t unchanged = 0;
  std::uint64_t copied_bytes = 0;
};

// An object is unchanged when size and content are the same on both sides: content is compared by
// ETag, computed from the bytes where a side has none. One that cannot be read or written is a
// failure, and the others are still done; nothing is removed then. Throws invalid_input when the
// places overlap, or when `from` is empty and others would be removed.
SyncReport sync(const SyncOptions& options, Progress& progress, const std::stop_token& stop);

}  // namespace pomona
