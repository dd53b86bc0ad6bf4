// SPDX-License-Identifier: Apache-2.0
// What the steps of a verb share: where results go, where time goes, and how it runs. All of it
// outlives the verb's call. Used by the thread that runs the verb.
#pragma once

#include "pomona/base/execution.h"
#include "pomona/evaluation/timeline.h"
#include "pomona/output/output_folder.h"

namespace pomona {

struct JobContext {
  OutputFolder& out;
  Timeline& timeline;
  Execution execution;
};

}  // namespace pomona
