// SPDX-License-Identifier: Apache-2.0
// What python/pomona/images.py hands over, as the core takes it. Called with the GIL.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <vector>

#include "pomona/features/photograph.h"

namespace pomona::python {

// bytes are encoded, a str is the path of a file, an array of uint8 is upright pixels: height ×
// width × 3, or height × width of grey. Everything is copied. Throws invalid_input for others.
std::vector<Photograph> photographs_of(const nanobind::list& items);

// A path of Python as the system takes it, and back; names need not be UTF-8.
std::string path_from_python(nanobind::handle path);
nanobind::object path_to_python(const std::string& path);

// For images.py to know folders from lists of names, and what the catalogue of them holds.
void bind_photographs(nanobind::module_& module);

}  // namespace pomona::python
