// SPDX-License-Identifier: Apache-2.0
// Tables of other libraries, by the structs of Arrow's C data interface. Checked is what can be:
// types, counts of buffers and children, lengths, offsets in order and within their children,
// indices of dictionaries, sizes of views. Trusted is that buffers and metadata are as long as
// these say, and that text is UTF-8. Any thread, without the GIL.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "columns/arrow_abi.h"
#include "columns/arrow_column.h"

namespace pomona::python {

using WantedColumns = std::optional<std::vector<std::string>>;  // none: all

// Both take over what they are given, also when they throw. `wanted` columns are read in its order,
// and what the others hold is of no interest. A column that comes in one batch, of a type that
// ArrowTable has, keeps its memory; all others are copied once. Throws invalid_input that names the
// column, and the row where there is one: for a table that lacks a wanted column, for a type that
// is not read, for a null in a list or instead of one, for lists of different lengths.
ArrowTable import_array(const ArrowSchema& schema, const ArrowArray& array,
                        const WantedColumns& wanted);
// Calls `between` after each batch; what that throws ends the import. Throws unavailable when the
// producer fails, invalid_input when it fails with EINVAL.
ArrowTable import_stream(const ArrowArrayStream& stream, const WantedColumns& wanted,
                         const std::function<void()>& between);

}  // namespace pomona::python
