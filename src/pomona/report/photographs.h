// SPDX-License-Identifier: Apache-2.0
// Which pictures go into the page: of the surest mistakes and the worst pairs, then of the contact
// sheet, then of the t-SNE plot, as long as there is room. Any thread.
#pragma once

#include <cstddef>
#include <optional>

#include "pomona/base/json.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {

// Where the table of previews lies; no parts: there is none. The store outlives it.
struct PreviewPlace {
  const ObjectStore& store;
  std::optional<TableParts> parts;
};

// That of a complete output folder.
PreviewPlace previews_in(const ObjectStore& out);

// Fills `photo_start`, `photos`, `sheet`, the lookalikes of `pairs` and every `photo` of what
// read_figures() gave. Adds at most `room` bytes to page_json().
void add_photographs(const PreviewPlace& previews, std::size_t room, Json& figures);

}  // namespace pomona
