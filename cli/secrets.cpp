// SPDX-License-Identifier: Apache-2.0
#include "secrets.h"

#include <CLI/CLI.hpp>

#include "pomona/base/error.h"

namespace pomona::cli {

std::string without_secrets(std::string_view text) {
  constexpr std::string_view kScheme = "://";
  std::string result;
  while (true) {
    const std::size_t scheme = text.find(kScheme);
    if (scheme == std::string_view::npos) return result.append(text);
    const std::size_t host = scheme + kScheme.size();
    result += text.substr(0, host);
    text.remove_prefix(host);
    const std::string_view authority = text.substr(0, text.find_first_of("/?# \t\n'\""));
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
      result += "***";
      text.remove_prefix(at);
    }
  }
}

void refuse_secret(const CLI::Option& option, const std::string& value) {
  // A password may hold a slash, which a URL does not allow and people type.
  const bool in_endpoint =
      option.check_lname("s3-endpoint") && value.find('@') != std::string::npos;
  if (!in_endpoint && without_secrets(value) == value) return;
  throw Error(
      ErrorKind::kInvalidInput,
      "reading " + option.get_name() +
          ": it holds a user or a password (before the @), which anyone who sees the command "
          "or run.json could read; give http://HOST:PORT or s3://BUCKET/PREFIX alone, "
          "and credentials where the AWS tools find them (AWS_PROFILE, AWS_ACCESS_KEY_ID, "
          "…)");
}

void refuse_secrets(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& value : option->results()) refuse_secret(*option, value);
  }
  for (const CLI::App* verb : app.get_subcommands()) refuse_secrets(*verb);
}

}  // namespace pomona::cli
