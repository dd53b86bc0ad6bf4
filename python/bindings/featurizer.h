// SPDX-License-Identifier: Apache-2.0
// `_core.Networks` and `_core.Stream`: photographs that Python hands over, to rows of features.
// pomona/featurizer.py gives them the form that users see. Called with the GIL; computing releases
// it.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_featurizer(nanobind::module_& module);

}  // namespace pomona::python
