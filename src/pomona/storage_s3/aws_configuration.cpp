// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/aws_configuration.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <map>
#include <string_view>

#include "pomona/base/error.h"
#include "pomona/base/unicode.h"

namespace pomona {
namespace {

// By name; those that stand indented below another are called "s3.addressing_style".
using Settings = std::map<std::string, std::string>;
using Sections = std::map<std::string, Settings>;

constexpr std::string_view kBlanks = " \t\r";

std::string trimmed_text(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1));
}

// "[profile orchard]", "[ profile "orchard" ]" → "profile orchard".
std::string section_in(std::string_view line) {
  std::string words;
  for (const char c : line.substr(1, line.find(']') - 1)) {
    const bool is_blank = kBlanks.find(c) != std::string_view::npos;
    if (c == '"' || c == '\'' || (is_blank && (words.empty() || words.back() == ' '))) continue;
    words += is_blank ? ' ' : c;
  }
  return trimmed_text(words);
}

// A file that is not there, or cannot be read, says nothing.
Sections read_sections(const std::string& path) {
  Sections sections;
  Settings* section = nullptr;
  std::string outer;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    // A comment begins a line, or stands behind a blank.
    for (const char* mark : {" #", "\t#", " ;", "\t;"}) line = line.substr(0, line.find(mark));
    const std::string text = trimmed_text(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    if (text.front() == '[') {
      section = &sections[section_in(text)];
      outer.clear();
      continue;
    }
    const std::size_t equals = text.find('=');
    if (section == nullptr || equals == std::string::npos) continue;
    const std::string name = ascii_lower(trimmed_text(std::string_view(text).substr(0, equals)));
    const bool is_nested = kBlanks.find(line.front()) != std::string_view::npos && !outer.empty();
    if (!is_nested) outer = name;
    (*section)[is_nested ? outer + "." + name : name] =
        trimmed_text(std::string_view(text).substr(equals + 1));
  }
  return sections;
}

class AwsFiles {
 public:
  explicit AwsFiles(const Environment& environment)
      : config_(read_sections(path_of(environment, "AWS_CONFIG_FILE", "config"))),
        credentials_(
            read_sections(path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"))) {
    for (const char* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
      if (profile_.empty()) profile_ = environment(name);
    }
    const bool is_named = !profile_.empty();
    if (!is_named) profile_ = "default";
    bool is_found = merge(config_, "profile " + profile_);
    if (profile_ == "default") is_found |= merge(config_, profile_);
    is_found |= merge(credentials_, profile_);
    if (is_found || !is_named || profile_ == "default") return;
    throw Error(ErrorKind::kInvalidInput,
                "reading the AWS profile '" + profile_ +
                    "' (AWS_PROFILE): it stands neither in ~/.aws/config, as [profile " + profile_ +
                    "], nor in ~/.aws/credentials; check its name, or unset AWS_PROFILE");
  }

  AwsSetting profile_setting(const std::string& name) const {
    return {value_in(settings_, name), "profile '" + profile_ + "'"};
  }
  // Of the section [services …] that the profile names.
  AwsSetting service_setting(const std::string& name) const {
    const auto services = config_.find("services " + value_in(settings_, "services"));
    if (services == config_.end()) return {};
    return {value_in(services->second, name), services->first};
  }

 private:
  static std::string path_of(const Environment& environment, const char* variable,
                             const char* name) {
    const std::string path = environment(variable);
    return path.empty() ? environment("HOME") + "/.aws/" + name : path;
  }
  static std::string value_in(const Settings& settings, const std::string& name) {
    const auto found = settings.find(name);
    return found == settings.end() ? "" : found->second;
  }
  // What stands in the second file counts.
  bool merge(const Sections& sections, const std::string& name) {
    const auto found = sections.find(name);
    if (found == sections.end()) return false;
    for (const auto& [key, value] : found->second) settings_[key] = value;
    return true;
  }

  Sections config_;
  Sections credentials_;
  std::string profile_;
  Settings settings_;
};

AwsSetting first_of(std::initializer_list<AwsSetting> settings) {
  for (const AwsSetting& setting : settings) {
    if (!setting.value.empty()) return setting;
  }
  return {};
}

}  // namespace

Environment process_environment() {
  return [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
}

AwsConfiguration read_aws_configuration(const Environment& environment) {
  const AwsFiles files(environment);
  const auto variable = [&](const char* name) { return AwsSetting{environment(name), name}; };
  AwsConfiguration configuration;
  const bool ignores_endpoints =
      first_of({variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
                files.profile_setting("ignore_configured_endpoint_urls")})
          .value == "true";
  if (!ignores_endpoints) {
    configuration.endpoint =
        first_of({variable("AWS_ENDPOINT_URL_S3"), variable("AWS_ENDPOINT_URL"),
                  files.service_setting("s3.endpoint_url"),
                  files.profile_setting("s3.endpoint_url"), files.profile_setting("endpoint_url")});
  }
  configuration.region = first_of(
      {variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"), files.profile_setting("region")});
  configuration.certificates = first_of(
      {variable("AWS_CA_BUNDLE"), files.profile_setting("ca_bundle"), variable("SSL_CERT_FILE")});
  configuration.virtual_host = files.profile_setting("s3.addressing_style").value == "virtual";
  return configuration;
}

}  // namespace pomona
