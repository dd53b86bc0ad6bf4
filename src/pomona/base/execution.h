// SPDX-License-Identifier: Apache-2.0
// How a long computation runs: on how many threads, where its progress goes, what stops it. Passed
// down through the steps of a verb; what it names outlives the call. A value: any thread.
#pragma once

#include <cstddef>
#include <stop_token>

#include "pomona/base/progress.h"

namespace pomona {

struct Execution {
  Progress& progress;
  const std::stop_token& stop;
  std::size_t workers = 1;  // threads
};

}  // namespace pomona
