// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/stop.h"

#include "pomona/base/error.h"

namespace pomona {

void throw_if_stopped(const std::stop_token& stop) {
  if (!stop.stop_requested()) return;
  throw Error(ErrorKind::kInterrupted, "stopped as asked; nothing was published");
}

}  // namespace pomona
