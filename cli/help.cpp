// SPDX-License-Identifier: Apache-2.0
#include "help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "option_kind.h"

namespace pomona::cli {
namespace {

constexpr std::size_t kWidth = 96;
constexpr std::size_t kDescriptionColumn = 26;

// Letters, not bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (byte & '\xC0') != '\x80'; }));
}

// Breaks a text between words; the first line begins at `column`, the others are indented to it.
std::string wrapped(const std::string& text, std::size_t column) {
  std::istringstream words(text);
  std::string result;
  std::size_t at = column;
  for (std::string word; words >> word;) {
    if (at > column && at + 1 + width_of(word) > kWidth) {
      result += '\n' + std::string(column, ' ');
      at = column;
    } else if (at > column) {
      result += ' ';
      ++at;
    }
    result += word;
    at += width_of(word);
  }
  return result;
}

std::string entry(const std::string& name, const std::string& description) {
  std::string line = "  " + name;
  const std::size_t width = width_of(line);
  line += width + 2 > kDescriptionColumn ? "\n" + std::string(kDescriptionColumn, ' ')
                                         : std::string(kDescriptionColumn - width, ' ');
  return line + wrapped(description, kDescriptionColumn) + "\n";
}

std::string name_of(const CLI::Option& option) {
  std::string name;
  for (const std::string& letter : option.get_snames()) name += "-" + letter + ", ";
  for (const std::string& word : option.get_lnames()) name += "--" + word;
  const std::string type = shown_type(option);
  return type.empty() ? name : name + " " + type;
}

std::string description_of(const CLI::Option& option) {
  std::string text = option.get_description();
  if (!option.get_default_str().empty()) text += " (default " + option.get_default_str() + ")";
  if (!option.get_envname().empty()) text += " (or $" + option.get_envname() + ")";
  return text;
}

std::string positional_name(const CLI::Option& option) {
  const std::string name = option.get_name(/*positional=*/true, /*all_options=*/false);
  return option.get_expected_max() > 1 ? name + "..." : name;
}

std::vector<const CLI::Option*> positionals_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& app, const std::string& group) {
  return app.get_options([&](const CLI::Option* option) {
    return option->nonpositional() && option->get_group() == group;
  });
}

std::string usage(const CLI::App& app, const std::string& name) {
  std::string line = "Usage: " + name;
  if (!app.get_subcommands({}).empty()) return line + " VERB ...\n";
  for (const CLI::Option* option : positionals_of(app)) line += " " + positional_name(*option);
  const auto required = app.get_options(
      [](const CLI::Option* option) { return option->nonpositional() && option->get_required(); });
  for (const CLI::Option* option : required) {
    line += " --" + option->get_lnames().front() + " " + shown_type(*option);
  }
  return line + " [options]\n";
}

std::string arguments(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : positionals_of(app)) {
    text += entry(positional_name(*option), option->get_description());
  }
  return text.empty() ? "" : "\nArguments:\n" + text;
}

std::string verbs(const CLI::App& app) {
  std::string text;
  for (const CLI::App* verb : app.get_subcommands({})) {
    text += entry(verb->get_name(), verb->get_description());
  }
  return text.empty() ? "" : "\nVerbs:\n" + text;
}

// What every verb has from the app stands in the help of each, but its own --help and --version.
bool is_shared(const CLI::Option& option) {
  return is_setting(option) || option.check_lname("config") || option.check_lname("show-config");
}

std::string option_group(const CLI::App& app, const std::string& group) {
  std::string text;
  for (const CLI::Option* option : options_of(app, group)) {
    text += entry(name_of(*option), description_of(*option));
  }
  for (const CLI::App* outer = app.get_parent(); outer != nullptr; outer = outer->get_parent()) {
    for (const CLI::Option* option : options_of(*outer, group)) {
      if (is_shared(*option)) text += entry(name_of(*option), description_of(*option));
    }
  }
  return text.empty() ? "" : "\n" + group + ":\n" + text;
}

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string text = app->get_description() + "\n\n" + usage(*app, name);
  text += arguments(*app) + verbs(*app);
  // Those that every verb has come last.
  const std::vector<std::string> common = {"Configuration", "Options"};
  for (const std::string& group : app->get_groups()) {
    if (std::ranges::find(common, group) == common.end()) text += option_group(*app, group);
  }
  for (const std::string& group : common) text += option_group(*app, group);
  if (!app->get_footer().empty()) text += "\n" + app->get_footer() + "\n";
  return text;
}

}  // namespace

void use_our_help(CLI::App& app) { app.formatter(std::make_shared<HelpFormatter>()); }

}  // namespace pomona::cli
