// SPDX-License-Identifier: Apache-2.0
#include "configuration.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "configuration_file.h"
#include "flags.h"
#include "option_kind.h"
#include "pomona/base/error.h"

namespace pomona::cli {
namespace {

constexpr const char* kGroup = "Configuration";

std::string place_of(const std::string& path, const Setting& setting) {
  return "reading the configuration '" + path + "', line " + std::to_string(setting.line) + ": ";
}

std::string section_name(const std::vector<std::string>& section) {
  std::string name;
  for (const std::string& word : section) name += (name.empty() ? "" : ".") + word;
  return "[" + name + "]";
}

// "before the first section" or "in [run]".
std::string where(const Setting& setting) {
  return setting.section.empty() ? "before the first section"
                                 : "in " + section_name(setting.section);
}

CLI::Option* find_own(CLI::App& app, const std::string& key) {
  for (CLI::Option* option : app.get_options()) {
    if (is_setting(*option) && option->get_lnames().front() == key) return option;
  }
  return nullptr;
}

// Of the verb, or of a verb within it.
const CLI::Option* find_within(CLI::App& app, const std::string& key) {
  if (const CLI::Option* option = find_own(app, key)) return option;
  for (CLI::App* verb : app.get_subcommands({})) {
    if (const CLI::Option* option = find_within(*verb, key)) return option;
  }
  return nullptr;
}

void collect_keys(const CLI::App& app, std::vector<std::string>& keys) {
  for (const CLI::Option* option : app.get_options()) {
    if (is_setting(*option)) keys.push_back(option->get_lnames().front());
  }
  for (const CLI::App* verb : app.get_subcommands({})) collect_keys(*verb, keys);
}

std::string joined(std::vector<std::string> names) {
  std::ranges::sort(names);
  const auto doubles = std::ranges::unique(names);
  names.erase(doubles.begin(), doubles.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

std::string allowed_keys(const CLI::App& app) {
  std::vector<std::string> keys;
  collect_keys(app, keys);
  return joined(keys);
}

std::string allowed_sections(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  return joined(names);
}

CLI::App* verb_named(CLI::App& app, const std::string& name) {
  for (CLI::App* verb : app.get_subcommands({})) {
    if (verb->get_name() == name) return verb;
  }
  return nullptr;
}

std::string expected(const CLI::Option& option) {
  const OptionKind kind = kind_of(option);
  switch (kind.value) {
    case OptionKind::Value::kFlag: return "true or false";
    case OptionKind::Value::kNumber:
      return kind.is_list ? "a number or a list of them" : "a number";
    case OptionKind::Value::kText:
      return kind.is_list || kind.is_repeated ? "text between quotes, or a list of such"
                                              : "text between quotes";
  }
  return "";
}

std::string found(const Setting& setting) {
  const std::string list = setting.is_list ? "a list of " : "";
  switch (setting.type) {
    case SettingType::kSection: return "a section";
    case SettingType::kFlag: return list + "true or false";
    case SettingType::kNumber: return setting.is_list ? "a list of numbers" : "a number";
    case SettingType::kText: return setting.is_list ? "a list of texts" : "text";
    case SettingType::kOther: break;
  }
  return setting.is_list ? "a list of various things" : "a date or time";
}

bool fits(const Setting& setting, const OptionKind& kind) {
  if (setting.is_list && !kind.is_list && !kind.is_repeated) return false;
  switch (kind.value) {
    case OptionKind::Value::kFlag: return setting.type == SettingType::kFlag;
    case OptionKind::Value::kNumber: return setting.type == SettingType::kNumber;
    case OptionKind::Value::kText: return setting.type == SettingType::kText;
  }
  return false;
}

// The section's verb. Throws for a section of no verb.
CLI::App& verb_of(CLI::App& app, const std::string& path, const Setting& setting) {
  CLI::App* verb = &app;
  for (const std::string& name : setting.section) {
    CLI::App* inner = verb_named(*verb, name);
    if (inner == nullptr) {
      throw Error(ErrorKind::kInvalidInput, place_of(path, setting) + "there is no section " +
                                                section_name(setting.section) + ", as " +
                                                verb->get_name() + " has no verb '" + name +
                                                "'; its verbs: " + allowed_sections(*verb));
    }
    verb = inner;
  }
  return *verb;
}

void check(CLI::App& app, const std::string& path, const Setting& setting) {
  CLI::App& verb = verb_of(app, path, setting);
  if (setting.type == SettingType::kSection) return;
  const CLI::Option* option = find_within(verb, setting.key);
  if (option == nullptr) option = find_own(app, setting.key);
  if (option == nullptr) {
    throw Error(ErrorKind::kInvalidInput, place_of(path, setting) + "there is no option '" +
                                              setting.key + "' " + where(setting) +
                                              "; allowed there: " + allowed_keys(verb));
  }
  if (fits(setting, kind_of(*option))) return;
  throw Error(ErrorKind::kInvalidInput, place_of(path, setting) + "'" + setting.key + "' " +
                                            where(setting) + ": expected " + expected(*option) +
                                            ", found " + found(setting));
}

bool asks_for_help(const std::vector<CLI::App*>& apps) {
  return std::ranges::any_of(apps, [](const CLI::App* app) {
    return app->get_help_ptr() != nullptr && app->get_help_ptr()->count() > 0;
  });
}

// Is it a section of the verb that was asked for, or one around it?
bool leads_to(const std::vector<CLI::App*>& apps, const std::vector<std::string>& section) {
  if (section.size() >= apps.size()) return false;
  for (std::size_t i = 0; i < section.size(); ++i) {
    if (apps[i + 1]->get_name() != section[i]) return false;
  }
  return true;
}

}  // namespace

std::string variable_of(const CLI::Option& option) {
  std::vector<std::string> names = {option.get_envname()};
  if (option.check_lname("s3-endpoint")) names = {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"};
  for (const std::string& name : names) {
    const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
    if (value != nullptr && *value != '\0') return name;
  }
  return "";
}

std::vector<CLI::App*> chosen_apps(CLI::App& app) {
  std::vector<CLI::App*> apps = {&app};
  while (!apps.back()->get_subcommands().empty()) {
    apps.push_back(apps.back()->get_subcommands().front());
  }
  return apps;
}

// CLI11 calls back the options of the app when it has read the command line and the environment,
// before it does so for those of the verb and looks what is missing. Its own files come before the
// environment and are not quite TOML.
Configuration::Configuration(CLI::App& app) : app_(app) {
  app.add_option_function<std::string>(
         "--config", [this](const std::string& path) { apply_file(path); },
         "TOML file of options by their long names, one section per verb such as [run]. Options "
         "before the first section apply to every verb that has them. The command line overrides "
         "the environment; both override the file")
      ->type_name("FILE")
      ->envname("POMONA_CONFIG")
      ->check(CLI::Validator(refuse_remote, "", ""))
      ->group(kGroup);
  app.add_flag_callback(
         "--show-config",
         [this] {
           is_to_be_shown_ = true;
           for (CLI::App* verb : chosen_apps(app_)) {
             for (CLI::Option* option : verb->get_options()) option->required(false);
           }
         },
         "Print every option with its value and origin as such a file, then exit")
      ->group(kGroup);
}

void Configuration::apply_file(const std::string& path) {
  const std::vector<CLI::App*> apps = chosen_apps(app_);
  if (asks_for_help(apps)) return;  // which must be had whatever the file is like
  path_ = path;
  std::vector<Setting> settings = read_configuration_file(path);
  for (const Setting& setting : settings) check(app_, path, setting);
  std::erase_if(settings, [&](const Setting& setting) {
    return setting.type == SettingType::kSection || !leads_to(apps, setting.section);
  });
  // Innermost first: what is set already stays.
  std::ranges::sort(settings, std::ranges::greater{},
                    [](const Setting& setting) { return setting.section.size(); });
  for (const Setting& setting : settings) apply(setting);
}

void Configuration::apply(const Setting& setting) {
  CLI::Option* option = find_own(*chosen_apps(app_).back(), setting.key);
  if (option == nullptr) option = find_own(app_, setting.key);
  if (option == nullptr || option->count() > 0 || !variable_of(*option).empty()) return;
  const std::string place = place_of(path_, setting) + "'" + setting.key + "' " + where(setting);
  try {
    if (setting.is_list && kind_of(*option).is_repeated) {
      for (const std::string& element : setting.elements) option->add_result(element);
    } else {
      option->add_result(setting.value);
    }
    option->run_callback();
  } catch (const CLI::ConversionError&) {
    throw Error(ErrorKind::kInvalidInput, place + ": expected " + shown_type(*option) +
                                              " as --help explains it, found " + setting.value);
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kInvalidInput, place + ": " + error.what());
  } catch (const Error& error) {
    throw Error(error.kind(), place + ": " + error.what());
  }
  lines_[option] = setting.line;
}

}  // namespace pomona::cli
