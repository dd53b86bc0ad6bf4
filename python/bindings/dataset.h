// SPDX-License-Identifier: Apache-2.0
// Labels of photographs by their paths, and the holdout of rows that somebody else lists. Called
// with the GIL; computing releases it.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_dataset(nanobind::module_& module);

}  // namespace pomona::python
