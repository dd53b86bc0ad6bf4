// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/aws_configuration.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "pomona/base/error.h"

namespace pomona {
namespace {

class AwsConfigurationTest : public ::testing::Test {
 protected:
  AwsConfigurationTest() : home_(std::filesystem::temp_directory_path() / "pomona-aws-XXXXXX") {
    if (::mkdtemp(home_.data()) == nullptr) throw std::runtime_error("mkdtemp " + home_);
    std::filesystem::create_directory(home_ + "/.aws");
    variables_["HOME"] = home_;
  }
  ~AwsConfigurationTest() override { std::filesystem::remove_all(home_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(home_ + "/.aws/" + name) << text;
  }
  AwsConfiguration read() const {
    return read_aws_configuration([&](const char* name) {
      const auto found = variables_.find(name);
      return found == variables_.end() ? "" : found->second;
    });
  }

  std::string home_;
  std::map<std::string, std::string> variables_;
};

TEST_F(AwsConfigurationTest, NothingIsSet) {
  const AwsConfiguration read = this->read();
  EXPECT_EQ(read.endpoint.value + read.region.value + read.certificates.value, "");
  EXPECT_FALSE(read.virtual_host);
}

constexpr const char* kConfig = R"(# of the orchard
[default]
region = eu-west-3

[profile orchard]
region=eu-north-1 # Stockholm
Endpoint_URL = https://orchard.example/s3
ca_bundle =  /etc/orchard.pem
s3 =
    addressing_style = virtual
    region = not this one
output = json

[ profile "other" ]
services = mine
endpoint_url = https://everything.example

[services mine]
s3 =
  endpoint_url = https://s3.example
sts =
  endpoint_url = https://sts.example
)";

TEST_F(AwsConfigurationTest, TheProfileThatIsNamed) {
  write("config", kConfig);
  EXPECT_EQ(read().region.value, "eu-west-3");
  EXPECT_EQ(read().endpoint.value, "");
  variables_["AWS_PROFILE"] = "orchard";
  const AwsConfiguration orchard = read();
  EXPECT_EQ(orchard.region.value, "eu-north-1");
  EXPECT_EQ(orchard.endpoint.value, "https://orchard.example/s3");
  EXPECT_EQ(orchard.endpoint.origin, "profile 'orchard'");
  EXPECT_EQ(orchard.certificates.value, "/etc/orchard.pem");
  EXPECT_TRUE(orchard.virtual_host);
  variables_["AWS_PROFILE"] = "other";
  EXPECT_EQ(read().endpoint.value, "https://s3.example");
  EXPECT_FALSE(read().virtual_host);
}

TEST_F(AwsConfigurationTest, TheEnvironmentCountsMore) {
  write("config", kConfig);
  variables_["AWS_PROFILE"] = "orchard";
  variables_["SSL_CERT_FILE"] = "/etc/ssl.pem";
  EXPECT_EQ(read().certificates.value, "/etc/orchard.pem");
  variables_["AWS_CA_BUNDLE"] = "/etc/bundle.pem";
  variables_["AWS_DEFAULT_REGION"] = "eu-south-1";
  variables_["AWS_ENDPOINT_URL"] = "http://localhost:9000";
  EXPECT_EQ(read().certificates.value, "/etc/bundle.pem");
  EXPECT_EQ(read().region.value, "eu-south-1");
  EXPECT_EQ(read().endpoint.value, "http://localhost:9000");
  variables_["AWS_REGION"] = "eu-west-1";
  variables_["AWS_ENDPOINT_URL_S3"] = "http://localhost:9001";
  EXPECT_EQ(read().region.origin, "AWS_REGION");
  EXPECT_EQ(read().endpoint.value, "http://localhost:9001");
  variables_["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  EXPECT_EQ(read().endpoint.value, "");
}

TEST_F(AwsConfigurationTest, TheFileOfCredentialsCountsMoreThanConfig) {
  write("config", kConfig);
  write("credentials", "[orchard]\nregion = eu-central-1\naws_access_key_id = k\n");
  variables_["AWS_PROFILE"] = "orchard";
  EXPECT_EQ(read().region.value, "eu-central-1");
  EXPECT_EQ(read().endpoint.value, "https://orchard.example/s3");
}

TEST_F(AwsConfigurationTest, FilesElsewhere) {
  write("mine", "[default]\nregion = eu-west-1\n");
  variables_["AWS_CONFIG_FILE"] = home_ + "/.aws/mine";
  EXPECT_EQ(read().region.value, "eu-west-1");
}

TEST_F(AwsConfigurationTest, AProfileThatStandsNowhereIsAnError) {
  write("config", kConfig);
  variables_["AWS_PROFILE"] = "orchid";
  EXPECT_THROW(read(), Error);
  write("credentials", "[orchid]\n");
  EXPECT_EQ(read().region.value, "");
}

TEST_F(AwsConfigurationTest, WhatIsNoSettingIsPassedOver) {
  write("config",
        "region = outside\n[default]\nnonsense\n= nothing\n[\n]\n[default\nregion = in\n");
  EXPECT_EQ(read().region.value, "in");
}

}  // namespace
}  // namespace pomona
