// SPDX-License-Identifier: Apache-2.0
#include "help.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "option_kind.h"

namespace pomona::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kDescriptionColumn = 27;  // two blanks after --no-conditional-writes

// Breaks a text that begins at a column between words. The formatter indents what follows a break.
std::string wrapped(const std::string& text, std::size_t column) {
  std::istringstream words(text);
  std::string result;
  std::size_t line = 0;
  for (std::string word; words >> word; line += word.size()) {
    const bool fits = column + line + 1 + word.size() <= kWidth;
    if (line > 0) result += fits ? ' ' : '\n';
    line = fits && line > 0 ? line + 1 : 0;
    result += word;
  }
  return result;
}

// What the library's formatter lacks: CLI11 2.1 wraps no text, shows checks beside types, and says
// nothing of the options of the app in the help of a verb.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() {
    column_width(kDescriptionColumn);
    label("Positionals", "Arguments");
    label("SUBCOMMAND", "VERB");
    label("OPTIONS", "options");
  }

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    // Its groups end and begin with an empty line.
    return CLI::detail::find_and_replace(Formatter::make_help(app, name, mode), "\n\n\n", "\n\n");
  }

  std::string make_description(const CLI::App* app) const override {
    const std::string text = app->get_description();
    return (app->get_parent() == nullptr ? text : wrapped(text, /*column=*/0)) + "\n\n";
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_positional()) return option->get_expected_max() > 1 ? "..." : "";
    const std::string type = shown_type(*option);
    return type.empty() ? "" : " " + type;
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    const bool is_named = option->nonpositional();
    if (is_named && option->get_required()) text += " (required)";
    if (!option->get_default_str().empty()) text += " (default " + option->get_default_str() + ")";
    if (!option->get_envname().empty()) text += " (or $" + option->get_envname() + ")";
    return wrapped(text, kDescriptionColumn);
  }

  std::string make_subcommand(const CLI::App* verb) const override {
    std::ostringstream text;
    CLI::detail::format_help(text, verb->get_name(),
                             wrapped(verb->get_description(), kDescriptionColumn),
                             kDescriptionColumn);
    return text.str();
  }

  std::string make_footer(const CLI::App* app) const override {
    const CLI::App* outermost = app;
    while (outermost->get_parent() != nullptr) outermost = outermost->get_parent();
    if (outermost == app) return Formatter::make_footer(app);
    const auto shared = outermost->get_options([&](const CLI::Option* option) {
      return option != outermost->get_help_ptr() && option != outermost->get_version_ptr();
    });
    return make_group("Options of every verb", /*is_positional=*/false, shared) + "\n" +
           Formatter::make_footer(app);
  }
};

}  // namespace

void use_our_help(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormatter>());
  app.group("Verbs");  // in which its verbs, who take it over, are listed
}

}  // namespace pomona::cli
