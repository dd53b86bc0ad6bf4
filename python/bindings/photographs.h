// SPDX-License-Identifier: Apache-2.0
// What python/pomona/images.py hands over, as the core takes it. Called with the GIL.
#pragma once

#include <string>
#include <vector>

#include "pomona/features/photograph.h"

namespace nanobind {
class handle;
class list;
class module_;
class object;
}  // namespace nanobind

namespace pomona::python {

// bytes are encoded, a str is the path of a file, an array of uint8 is upright pixels: height ×
// width × 3, or height × width of grey. Everything is copied. Throws invalid_input for others.
std::vector<Photograph> photographs_of(const nanobind::list& items);

// A path of Python as the system takes it, and back; names need not be UTF-8.
std::string path_from_python(nanobind::handle path);
nanobind::object path_to_python(const std::string& path);

// list_photographs(): what the folders hold that images.py is given.
void bind_photographs(nanobind::module_& module);

}  // namespace pomona::python
