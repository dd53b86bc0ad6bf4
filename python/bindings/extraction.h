// SPDX-License-Identifier: Apache-2.0
// Folders of labelled photographs to the rows of a feature table, in memory. Called with the GIL.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_extraction(nanobind::module_& module);

}  // namespace pomona::python
