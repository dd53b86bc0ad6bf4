// SPDX-License-Identifier: Apache-2.0
// Tables as the structs of Arrow's C data interface. What is handed out keeps the table's memory
// alive, may outlive the table, and may be released on any thread. Any thread, without the GIL.
#pragma once

#include "columns/arrow_abi.h"
#include "columns/arrow_column.h"

namespace pomona::python {

// `out` is empty before. These throw nothing but std::bad_alloc, and then leave it empty.
void export_schema(const ArrowTable& table, ArrowSchema* out);
// One array with all rows, none for a table without rows.
void export_stream(const ArrowTable& table, ArrowArrayStream* out);

}  // namespace pomona::python
