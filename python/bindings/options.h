// SPDX-License-Identifier: Apache-2.0
// Options structs of the core in Python, built from keyword arguments of the same names. Called
// with the GIL.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_options(nanobind::module_& module);

}  // namespace pomona::python
