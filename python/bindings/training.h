// SPDX-License-Identifier: Apache-2.0
// From rows of features in memory to their reduction, to a bundle with its metrics, and to the
// evaluation of one. Called with the GIL; computing releases it.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_training(nanobind::module_& module);
void bind_evaluation(nanobind::module_& module);

}  // namespace pomona::python
