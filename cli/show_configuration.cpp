// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "configuration.h"
#include "configuration_file.h"
#include "option_kind.h"
#include "pomona/base/printable.h"
#include "secrets.h"

namespace pomona::cli {
namespace {

// As TOML: it knows neither ".5" nor "007", which a command line may say, nor whole numbers of more
// than 63 bits.
std::optional<std::string> number_literal(const std::string& text) {
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  const auto read = std::from_chars(text.data(), end, whole);
  if (read.ptr == end && read.ec == std::errc()) return std::to_string(whole);
  if (read.ptr == end) return std::nullopt;
  double number = 0;
  if (std::from_chars(text.data(), end, number).ptr != end) return std::nullopt;
  char written[32];
  return std::string(written, std::to_chars(written, written + sizeof written, number).ptr);
}

std::optional<std::string> literal(const std::string& text, const OptionKind& kind) {
  switch (kind.value) {
    case OptionKind::Value::kFlag: return text;
    case OptionKind::Value::kNumber: return number_literal(text);
    case OptionKind::Value::kText: return toml_text(text);
  }
  return std::nullopt;
}

std::optional<std::string> list_literal(const std::vector<std::string>& elements,
                                        const OptionKind& kind) {
  std::string list;
  for (const std::string& element : elements) {
    const std::optional<std::string> one = literal(element, kind);
    if (!one) return std::nullopt;
    list += (list.empty() ? "" : ", ") + *one;
  }
  return "[" + list + "]";
}

std::string given_value(const CLI::Option& option, const OptionKind& kind) {
  if (kind.value == OptionKind::Value::kFlag) return option.as<bool>() ? "true" : "false";
  std::string value;
  for (const std::string& one : option.results()) value += (value.empty() ? "" : ",") + one;
  return value;
}

std::string commented(const std::string& line, const std::string& comment) {
  constexpr std::size_t kColumn = 36;
  const std::size_t gap = line.size() + 2 > kColumn ? 2 : kColumn - line.size();
  return line + std::string(gap, ' ') + "# " + printable(comment) + "\n";
}

std::string arguments_of(const CLI::App& verb) {
  std::string text;
  for (const CLI::Option* option : verb.get_options()) {
    if (!option->get_positional()) continue;
    std::string value;
    for (const std::string& one : option->results()) value += " " + toml_text(one);
    text += "# " + option->get_name() + (value.empty() ? " is not given" : ":" + value) + "\n";
  }
  return text.empty() ? "" : "# Only the command line says:\n" + text;
}

}  // namespace

std::string Configuration::origin_of(const CLI::App& app, const CLI::Option& option) const {
  const std::vector<CLI::Option*>& typed = app.parse_order();
  if (std::ranges::find(typed, &option) != typed.end()) return "command line";
  if (const auto line = lines_.find(&option); line != lines_.end()) {
    return "file, line " + std::to_string(line->second);
  }
  const std::string variable = variable_of(option);
  return variable.empty() ? "default" : "environment, " + variable;
}

std::string Configuration::line_of(const CLI::App& app, const CLI::Option& option) const {
  const std::string& key = option.get_lnames().front();
  const std::string origin = origin_of(app, option);
  const OptionKind kind = kind_of(option);
  std::string value = option.get_default_str();
  if (option.count() > 0) {
    value = given_value(option, kind);
  } else if (const std::string variable = variable_of(option); !variable.empty()) {
    value = std::getenv(variable.c_str());
    refuse_secret(option, value);
  } else if (kind.value == OptionKind::Value::kFlag) {
    value = "false";
  }
  if (value.empty() && origin == "default") return commented("# " + key + " =", "not set");
  std::optional<std::string> written;
  if (kind.is_list) {
    written = list_literal(
        value.empty() ? std::vector<std::string>() : CLI::detail::split(value, ','), kind);
  } else if (kind.is_repeated && option.count() > 1) {
    written = list_literal(option.results(), kind);
  } else {
    written = literal(value, kind);
  }
  // Such as a default in words, which is not what one may give.
  if (!written) return commented("# " + key + " =", origin + ": " + value);
  return commented(key + " = " + *written, origin);
}

std::string Configuration::as_toml() const {
  const std::vector<CLI::App*> apps = chosen_apps(app_);
  std::string name;
  for (const CLI::App* app : apps) name += (name.empty() ? "" : " ") + app->get_name();
  std::string text = "# Options of `" + name + "` as it would use them, for --config.\n";
  text += arguments_of(*apps.back());
  for (const CLI::App* app : apps) {
    if (app != &app_ && app == apps.back()) {
      std::string section = name.substr(name.find(' ') + 1);
      std::ranges::replace(section, ' ', '.');
      text += "\n[" + section + "]\n";
    }
    for (const CLI::Option* option : app->get_options()) {
      if (is_setting(*option)) text += line_of(*app, *option);
    }
  }
  return text;
}

}  // namespace pomona::cli
