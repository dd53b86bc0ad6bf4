// SPDX-License-Identifier: Apache-2.0
// The native part of the package: pomona._core. What users see is made of it in python/pomona.
#include <nanobind/nanobind.h>

#include "errors.h"
#include "featurizer.h"
#include "options.h"
#include "table.h"

NB_MODULE(_core, module) {
  pomona::python::register_errors();
  pomona::python::bind_options(module);
  pomona::python::bind_featurizer(module);
  pomona::python::bind_table(module);
}
