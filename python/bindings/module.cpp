// SPDX-License-Identifier: Apache-2.0
// The native part of the package: pomona._core. What users see is made of it in python/pomona.
#include <nanobind/nanobind.h>

#include "background.h"
#include "dataset.h"
#include "errors.h"
#include "extraction.h"
#include "featurizer.h"
#include "learn.h"
#include "memory_rows.h"
#include "options.h"
#include "photographs.h"
#include "predictor.h"
#include "table.h"
#include "training.h"

NB_MODULE(_core, module) {
  // Objects that a user still holds at exit are no leak.
  nanobind::set_leak_warnings(false);
  module.attr("__version__") = POMONA_VERSION;
  pomona::python::register_errors();
  pomona::python::bind_options(module);
  pomona::python::bind_photographs(module);
  pomona::python::bind_featurizer(module);
  pomona::python::bind_learn(module);
  pomona::python::bind_extraction(module);
  pomona::python::bind_bundle(module);
  pomona::python::bind_predictor(module);
  pomona::python::bind_memory_rows(module);
  pomona::python::bind_dataset(module);
  pomona::python::bind_training(module);
  pomona::python::bind_evaluation(module);
  nanobind::module_::import_("atexit").attr("register")(
      nanobind::cpp_function(&pomona::python::end_all_work));
  pomona::python::bind_table(module);
}
