// SPDX-License-Identifier: Apache-2.0
// Lists the files of a local folder for LocalStore. Any thread; `found` is called by the thread
// that lists. Private to the module.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "pomona/storage/object_store.h"

namespace pomona {

// Names of files that are being written, by this process the one with this number: they are no
// objects.
std::string temporary_name(std::uint64_t number);
bool is_temporary_name(std::string_view name);

// LocalStore::list below the folder `prefix` (a checked key or "") of the open folder `root`.
void list_local(int root, std::string_view prefix,
                const std::function<void(const ObjectInfo&)>& found);

}  // namespace pomona
