// SPDX-License-Identifier: Apache-2.0
// Signs requests as AWS does: Signature Version 4 with the header Authorization (docs:
// "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference). Any thread.
#pragma once

#include <ctime>
#include <string>

#include "pomona/http/http_connection.h"

namespace pomona {

struct S3Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // "": none

  friend bool operator==(const S3Credentials&, const S3Credentials&) = default;
};

// Adds host, x-amz-date, x-amz-content-sha256, x-amz-security-token and authorization to the
// headers, over all headers there are and the body. `now` in seconds since 1970.
void sign_request(HttpRequest& request, const S3Credentials& credentials, const std::string& region,
                  std::time_t now);

}  // namespace pomona
