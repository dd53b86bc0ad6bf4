// SPDX-License-Identifier: Apache-2.0
#include "configuration_file.h"

#include <toml++/toml.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "pomona/base/error.h"

namespace pomona::cli {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;  // it is written by hand; who sends more errs

std::string reading(const std::string& path) { return "reading the configuration '" + path + "'"; }

std::string read_limited(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) {
    const bool no_file = errno == ENOENT || errno == ENOTDIR || errno == EISDIR;
    throw Error(no_file ? ErrorKind::kInvalidInput : ErrorKind::kUnavailable,
                reading(path) + ": " + std::strerror(errno) +
                    "; --config (or POMONA_CONFIG) expects a TOML file");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestFile) {
    throw Error(ErrorKind::kInvalidInput,
                reading(path) + ": it is larger than 1 MiB, which no configuration is");
  }
  return text;
}

// The shortest text that reads back exactly.
std::string number_text(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

void read_scalar(const toml::node& node, Setting& setting) {
  if (const auto* flag = node.as_boolean()) {
    setting.type = SettingType::kFlag;
    setting.value = flag->get() ? "true" : "false";
  } else if (const auto* whole = node.as_integer()) {
    setting.type = SettingType::kNumber;
    setting.value = std::to_string(whole->get());
  } else if (const auto* number = node.as_floating_point()) {
    setting.type = SettingType::kNumber;
    setting.value = number_text(number->get());
  } else if (const auto* text = node.as_string()) {
    setting.type = SettingType::kText;
    setting.value = text->get();
  }
}

void read_list(const toml::array& list, Setting& setting) {
  setting.is_list = true;
  setting.type = SettingType::kText;  // what an empty one holds does not matter
  std::string values;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Setting element;
    read_scalar(list[i], element);
    const bool differs = i > 0 && element.type != setting.type;
    setting.type = differs ? SettingType::kOther : element.type;
    values += (i > 0 ? "," : "") + element.value;
    setting.elements.push_back(element.value);
    if (setting.type == SettingType::kOther) return;
  }
  setting.value = values;
}

void add_settings(const toml::table& table, const std::vector<std::string>& section,
                  std::vector<Setting>& settings) {
  for (const auto& [name, node] : table) {
    if (node.is_table()) continue;
    Setting setting;
    setting.section = section;
    setting.key = name.str();
    setting.line = node.source().begin.line;
    if (const auto* list = node.as_array()) {
      read_list(*list, setting);
    } else {
      read_scalar(node, setting);
    }
    settings.push_back(setting);
  }
  for (const auto& [name, node] : table) {
    const auto* inner = node.as_table();
    if (inner == nullptr) continue;
    Setting opened;
    opened.section = section;
    opened.section.emplace_back(name.str());
    opened.type = SettingType::kSection;
    opened.line = node.source().begin.line;
    settings.push_back(opened);
    add_settings(*inner, opened.section, settings);
  }
}

// What a command line could not say either, and a system call would take for the end.
void refuse_nul(const std::string& path, const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    if (setting.value.find('\0') == std::string::npos) continue;
    throw Error(ErrorKind::kInvalidInput, reading(path) + ", line " + std::to_string(setting.line) +
                                              ": '" + setting.key +
                                              "' holds a NUL character, which no option may");
  }
}

}  // namespace

std::vector<Setting> read_configuration_file(const std::string& path) {
  const std::string text = read_limited(path);
  try {
    std::vector<Setting> settings;
    add_settings(toml::parse(text), {}, settings);
    refuse_nul(path, settings);
    return settings;
  } catch (const toml::parse_error& error) {
    // Its words repeat a single character or a number, never a text.
    throw Error(ErrorKind::kInvalidInput,
                reading(path) + ", line " + std::to_string(error.source().begin.line) +
                    ": it is no TOML: " + std::string(error.description()));
  }
}

std::string toml_text(std::string_view text) {
  const toml::value<std::string> value{std::string(text)};
  std::ostringstream written;
  written << toml::toml_formatter(
      value, toml::format_flags::allow_literal_strings | toml::format_flags::allow_unicode_strings);
  return written.str();
}

}  // namespace pomona::cli
