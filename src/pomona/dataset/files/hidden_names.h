// SPDX-License-Identifier: Apache-2.0
// Names that programs give what they keep beside photographs: thumbnails, waste baskets,
// checkpoints, indexes. Photographs there are copies under names that are no labels. Any thread.
#pragma once

#include <string_view>

namespace pomona {

// Does a name hide the file: its own, or that of a folder above it? Hidden are names that begin
// with '.' or '_', and those that NAS boxes and systems use, such as "@eaDir", "#recycle",
// "$RECYCLE.BIN", "lost+found" and "Thumbs.db". A file called like those of cameras that use Adobe
// RGB ("_DSC1234.JPG", "_MG_1234.JPG") is not.
bool is_hidden(std::string_view path);

}  // namespace pomona
