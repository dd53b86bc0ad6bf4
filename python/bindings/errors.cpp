// SPDX-License-Identifier: Apache-2.0
#include "errors.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <exception>
#include <string>

#include "interpreter_end.h"
#include "pomona/base/error.h"

namespace nb = nanobind;

namespace pomona::python {
namespace {

void raise(const Error& error) {
  const GilTaken lasts;  // the interpreter ends after it, not inside of it
  try {
    const std::string kind(error_kind_name(error.kind()));
    nb::module_::import_("pomona.errors").attr("raise_error")(kind, std::string(error.what()));
  } catch (nb::python_error& raised) {
    raised.restore();
  }
}

}  // namespace

void register_errors() {
  nb::register_exception_translator([](const std::exception_ptr& exception, void*) {
    try {
      std::rethrow_exception(exception);
    } catch (const Error& error) {
      raise(error);
    }
  });
}

}  // namespace pomona::python
