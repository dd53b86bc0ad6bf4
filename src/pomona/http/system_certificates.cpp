// SPDX-License-Identifier: Apache-2.0
#include "pomona/http/system_certificates.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace pomona {
namespace {

constexpr std::array kOfDistributions{
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",    // Amazon Linux, Red Hat, Fedora
    "/etc/ssl/ca-bundle.pem",              // SUSE
    "/etc/ssl/cert.pem"};

bool is_file(const std::string& path) {
  std::error_code none;
  return std::filesystem::is_regular_file(path, none);
}

}  // namespace

std::string first_certificates(const std::string& built_in, std::span<const char* const> others) {
  if (built_in.empty() || is_file(built_in)) return built_in;
  const auto found = std::ranges::find_if(others, is_file);
  return found == others.end() ? std::string() : *found;
}

std::string system_certificates() {
  const curl_version_info_data* curl = ::curl_version_info(CURLVERSION_NOW);
  return first_certificates(curl->cainfo == nullptr ? "" : curl->cainfo, kOfDistributions);
}

}  // namespace pomona
