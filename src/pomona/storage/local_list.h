// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "pomona/storage/object_store.h"

namespace pomona {

// Files whose names begin so are being written: they are no objects.
inline constexpr std::string_view kPassingPrefix = ".pomona-";

// LocalStore::list below the folder `prefix` (a checked key or "") of the open folder `root`.
void list_local(int root, std::string_view prefix,
                const std::function<void(const ObjectInfo&)>& found);

}  // namespace pomona
