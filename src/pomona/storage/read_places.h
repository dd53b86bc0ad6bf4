// SPDX-License-Identifier: Apache-2.0
// The bytes of single objects and files that somebody names one after the other: many are read at
// once, and answered in the order in which they were named. Each call is for one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "pomona/base/parallel_start.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct ReadOptions {
  std::shared_ptr<const StoreOpener> stores = local_store_opener();
  std::uint64_t max_bytes = 256ULL << 20U;  // of one object
  // Of all objects that are being read or wait to be answered; beyond it only the one whose turn it
  // is to be answered is read.
  std::uint64_t max_bytes_ahead = 64ULL << 20U;

  // Throws invalid_input that names the field.
  void check() const;
};

struct ReadFailure {
  std::string kind;  // as in failures.csv: "gone", "denied", "timed_out", "too_large", …
  std::string message;
};

struct ReadAnswer {
  std::string bytes;  // of the whole object
  std::optional<ReadFailure> failure;
};

// The next place, "s3://bucket/key" or the path of a file; none at the end, or when `stop` is asked
// to stop. Called by a thread of its own, which never waits for answers.
using NextPlace = std::function<std::optional<std::string>(const std::stop_token& stop)>;
// Called by the calling thread, once for each place.
using TakeAnswer = std::function<void(const ReadAnswer&)>;

// As many objects are read at once as their stores find best (ObjectStore::concurrent_reads()),
// fewer where the system gives fewer threads. A bucket is opened once; where that fails, so do the
// objects that wait for it, and the next one tries again. What `next` or `take` throws ends the
// reading. Throws interrupted when `stop` is asked to stop; the opener should know the same token,
// so that what is under way ends as well. Tests replace `start`.
void read_places(const ReadOptions& options, const NextPlace& next, const TakeAnswer& take,
                 const std::stop_token& stop, const StartThread& start = start_thread);

}  // namespace pomona
