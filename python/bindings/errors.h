// SPDX-License-Identifier: Apache-2.0
// The core's errors as Python exceptions, by the one table in pomona/errors.py. Called with the
// GIL.
#pragma once

namespace pomona::python {

// From now on an Error that leaves a bound function is raised as its exception.
void register_errors();

}  // namespace pomona::python
