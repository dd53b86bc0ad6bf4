// SPDX-License-Identifier: Apache-2.0
// Bundles, and what predicts with them. Called with the GIL.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_bundle(nanobind::module_& module);
void bind_predictor(nanobind::module_& module);

}  // namespace pomona::python
