// SPDX-License-Identifier: Apache-2.0
// One object of a bucket as the interfaces of storage take it. Each is used by one thread at a
// time.
#pragma once

#include <memory>
#include <string>

#include "pomona/storage/object_store.h"
#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// Reads the end of the object at once, where formats keep their index, and learns its size and ETag
// by it: no request is spent on asking. Later reads are of that version or an error (replaced).
std::unique_ptr<ObjectReader> open_s3_object(std::shared_ptr<S3Client> client, std::string name);

// Holds one part in memory (8 MiB, more for large objects). What fits in one goes up as one PUT on
// commit(), what does not as a multipart upload, which is aborted unless commit() returns.
std::unique_ptr<ObjectWriter> create_s3_object(std::shared_ptr<S3Client> client, std::string name);

}  // namespace pomona
