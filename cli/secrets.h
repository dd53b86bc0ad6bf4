// SPDX-License-Identifier: Apache-2.0
// Credentials come from where the AWS tools find them, so none need stand in an option. Where one
// does, in a URL as http://user:password@host, it is refused and never repeated.
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace pomona::cli {

// The text with *** for what stands before the @ of a URL. For messages, which may repeat what was
// typed.
std::string without_secrets(std::string_view text);

// Throws invalid_input, naming option or argument but not its value, if that holds a user or a
// password.
void refuse_secret(const CLI::Option& option, const std::string& value);

// The same for all that the command and its verb were given. run.json records the command as typed,
// so that this is looked at before a verb begins.
void refuse_secrets(const CLI::App& app);

}  // namespace pomona::cli
