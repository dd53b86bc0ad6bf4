// SPDX-License-Identifier: Apache-2.0
// Which pictures go into the page: of the surest mistakes and
// the worst pairs, then of the contact sheet, then of the t-SNE plot,
// as long as there is room.
#pragma once

#include <cstddef>

#include "pomona/base/json.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// Fills `photos`, `sheet`, the lookalikes of `pairs` and every `photo` of what read_figures() gave,
// from the table of thumbnails where there is one. Adds at most `room` bytes to page_json().
void add_photographs(const ObjectStore& out, std::size_t room, Json& figures);

}  // namespace pomona
