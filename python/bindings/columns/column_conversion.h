// SPDX-License-Identifier: Apache-2.0
// Columns of Python lists and NumPy arrays, and back. Called with the GIL.
#pragma once

#include <string>

#include "columns/arrow_column.h"

namespace nanobind {
class handle;
class object;
}  // namespace nanobind

namespace pomona::python {

// `type`: "utf8", "binary", "double" or "answers" for a list; "": the first value of the list that
// is not None decides, and a list without one is utf8. The memory of a NumPy array of numbers is
// used as it is, and belongs to the column from then on. Throws invalid_input that names the
// column and the row.
ArrowColumn column_from_python(const std::string& name, nanobind::handle values,
                               const std::string& type);

// A read-only NumPy array over the column's memory (booleans are copied), or a list: for text,
// bytes and answers, and for numbers with a validity bitmap, where None stands for null.
nanobind::object column_to_python(const ArrowColumn& column);

}  // namespace pomona::python
