// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// The standard chain of the AWS SDK (the one inside Arrow): environment, the profile AWS_PROFILE of
// the shared files, web identity, container, instance. Renewed before they expire. Throws denied
// when there are none. Any thread.
S3CredentialsSource default_s3_credentials();

}  // namespace pomona
