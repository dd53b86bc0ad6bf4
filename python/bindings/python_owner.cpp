// SPDX-License-Identifier: Apache-2.0
#include "python_owner.h"

#include <nanobind/nanobind.h>

#include <memory>

#include "interpreter_end.h"

namespace nb = nanobind;

namespace pomona::python {
namespace {

void drop(PyObject* object) {
  if (const GilTaken taken; taken) Py_DECREF(object);
}

}  // namespace

std::shared_ptr<const void> python_owner(nb::handle object) {
  Py_INCREF(object.ptr());
  // The deleter is called even where the control block cannot be allocated.
  return {object.ptr(), drop};
}

}  // namespace pomona::python
