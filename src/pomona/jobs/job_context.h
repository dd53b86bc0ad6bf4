// SPDX-License-Identifier: Apache-2.0
// What the steps of a verb share: where results go, where time goes, who is told, what stops it.
// All of it outlives the verb's call. Used by the thread that runs the verb.
#pragma once

#include <stop_token>

#include "pomona/base/progress.h"
#include "pomona/jobs/timeline.h"
#include "pomona/output/output_folder.h"

namespace pomona {

struct JobContext {
  OutputFolder& out;
  Timeline& timeline;
  Progress& progress;
  const std::stop_token& stop;
};

}  // namespace pomona
