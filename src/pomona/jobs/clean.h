// SPDX-License-Identifier: Apache-2.0
// clean: removes what a run that is dead left in an output folder. Any thread.
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
  bool broken = false;      // that publication could not be ended: what it had moved stays
};

// Removes unfinished work, also work that could be resumed; results stay. An interrupted
// publication is completed first; where files of it are gone it is given up. Nothing that a user
// put into the folder is touched. Throws not_found when there is no such place, unavailable while a
// run is at work in the folder. In a bucket that cannot be seen, so the caller must know.
CleanReport clean(const CleanOptions& options);

}  // namespace pomona
