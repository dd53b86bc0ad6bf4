// SPDX-License-Identifier: Apache-2.0
// Lists a bucket folder by folder, many folders at once: pages of one folder come one after the
// other, so that breadth is what makes a listing fast.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// Calls `found` for every object whose name begins with `prefix` ("" or ending in '/'), each once,
// in no particular order, by one thread at a time. An exception of `found` or of a page ends the
// listing and is rethrown; so does a page that follows itself, or one before it (corrupt).
void list_bucket(S3Client& client, const std::string& prefix, std::size_t concurrency,
                 const std::function<void(const S3ListedObject&)>& found);

}  // namespace pomona
