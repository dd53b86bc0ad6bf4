// SPDX-License-Identifier: Apache-2.0
// clean: removes what a run that is dead left in an output folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "pomona/storage/store_opener.h"

namespace pomona {

struct CleanOptions {
  std::string out;
  std::shared_ptr<const StoreOpener> stores = local_store_opener();
  bool dry_run = false;  // only report what would be removed

  // Throws invalid_input that names the field.
  void check() const;
};

struct CleanReport {
  std::size_t objects = 0;  // of unfinished work, and files that were being written
  std::uint64_t bytes = 0;
  std::size_t uploads = 0;  // writes that were begun and never ended
  bool publishes = false;   // a publication was interrupted, and is completed
  bool complete = false;    // the folder holds results, which stay
};

// Unfinished work is removed, also work that could be gone on with; results stay. A publication
// that was interrupted is completed first: all that it needs is there. Nothing that a user put
// into the folder is touched. Throws not_found when there is no such place, unavailable while a run
// is at work in the folder; in a bucket nobody can tell, so the caller must know.
CleanReport clean(const CleanOptions& options);

}  // namespace pomona
