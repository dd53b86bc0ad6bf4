// SPDX-License-Identifier: Apache-2.0
// Which service to speak to, as the AWS tools are told: by the environment, and by the profile in
// the shared files ~/.aws/config and ~/.aws/credentials (AWS SDKs and Tools Reference Guide).
// Credentials are read elsewhere. Any thread.
#pragma once

#include <functional>
#include <string>

namespace pomona {

// One setting, and where it stands, for messages: "AWS_CA_BUNDLE", "profile 'orchard'".
struct AwsSetting {
  std::string value;  // "": not set
  std::string origin;
};

struct AwsConfiguration {
  AwsSetting endpoint;        // AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, endpoint_url
  AwsSetting region;          // AWS_REGION, AWS_DEFAULT_REGION, region
  AwsSetting certificates;    // AWS_CA_BUNDLE, ca_bundle, SSL_CERT_FILE
  bool virtual_host = false;  // addressing_style = virtual
};

// The value of a variable of the environment, "" where it is not set.
using Environment = std::function<std::string(const char* name)>;
Environment process_environment();

// Throws invalid_input for a profile that is named and stands in neither file.
AwsConfiguration read_aws_configuration(const Environment& environment);

}  // namespace pomona
