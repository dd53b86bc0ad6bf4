// SPDX-License-Identifier: Apache-2.0
// Where the credentials for S3 come from. Any thread.
#pragma once

#include <functional>
#include <string>

#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// Reads each part anew with every call, and may have got others since the last one.
struct CredentialGetters {
  std::function<std::string()> access_key_id;
  std::function<std::string()> secret_access_key;
  std::function<std::string()> session_token;
};

// Three parts that belong together, although they come by three calls and may be rotated between
// any two: reads until two readings in a row agree. Throws unavailable where they never do.
S3Credentials read_credentials(const CredentialGetters& getters);

// The standard chain of the AWS SDK (the one inside Arrow): environment, the profile AWS_PROFILE of
// the shared files, web identity, container, instance. Renewed before they expire. Throws denied
// when there are none. Any thread. The SDK starts only when the environment has none. At exit() it
// is ended by a handler, which ends the process with _exit() when the SDK hangs.
S3CredentialsSource default_s3_credentials();

}  // namespace pomona
