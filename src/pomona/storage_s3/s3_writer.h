// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "pomona/storage/object_store.h"
#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// Holds one part in memory (8 MiB, more for large objects). What fits in one goes up as one PUT on
// commit(), what does not as a multipart upload, which is aborted unless commit() returns.
std::unique_ptr<ObjectWriter> create_s3_object(std::shared_ptr<S3Client> client, std::string name);

}  // namespace pomona
