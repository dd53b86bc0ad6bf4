// SPDX-License-Identifier: Apache-2.0
// `_core.MemoryRows`: rows of features in an array of NumPy, and what is known of each. Made with
// the GIL; read on any thread.
#pragma once

#include <memory>

#include "pomona/dataset/memory_table.h"

namespace nanobind {
class module_;
}

namespace pomona::python {

struct GivenRows {
  MemoryRows rows;
  std::shared_ptr<const void> owner;  // of the features
};

void bind_memory_rows(nanobind::module_& module);

}  // namespace pomona::python
