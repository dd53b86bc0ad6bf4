// SPDX-License-Identifier: Apache-2.0
// `_core.Moments` and what is fitted from it and from rows in memory: scaler, PCA and linear
// classifiers, given back and applied as arrays. pomona/sklearn.py gives them the form of
// scikit-learn. Called with the GIL; computing releases it.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

void bind_learn(nanobind::module_& module);

}  // namespace pomona::python
