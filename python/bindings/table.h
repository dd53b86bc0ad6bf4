// SPDX-License-Identifier: Apache-2.0
// `_core.Table`: a table that any library with Arrow's PyCapsule interface takes without a copy.
// pomona/tables.py gives it the forms that users see. Called with the GIL.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_table(nanobind::module_& module);

}  // namespace pomona::python
