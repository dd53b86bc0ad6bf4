// SPDX-License-Identifier: Apache-2.0
// The flags of object stores, and what opens places as they say.
#pragma once

#include <memory>

#include "command.h"
#include "pomona/storage_s3/s3_store_opener.h"

namespace CLI {
class App;
}  // namespace CLI

namespace pomona::cli {

std::shared_ptr<S3StoreOptions> add_store_flags(CLI::App& command);
// Opens places as these flags say, until the session is stopped.
std::shared_ptr<const StoreOpener> store_opener(const S3StoreOptions& flags,
                                                const Session& session);

}  // namespace pomona::cli
