// SPDX-License-Identifier: Apache-2.0
// A TOML file as a plain list of what it sets. Knows nothing of our options: see configuration.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pomona::cli {

enum class SettingType { kSection, kFlag, kNumber, kText, kOther };

// One `key = value`, or the begin of a section.
struct Setting {
  std::vector<std::string> section;  // {"models", "import"} for [models.import]; {} before any
  std::string key;                   // "" for a section itself
  SettingType type = SettingType::kOther;
  bool is_list = false;  // `type` is then that of its elements
  std::string value;     // "true", "0.2", "eu,us-east-1": as a command line would say it
  std::vector<std::string> elements;  // of a list, each by itself
  std::size_t line = 0;               // from 1
};

// In the order of the alphabet, sections after the keys before them. Throws invalid_input, naming
// file and line, for a file that is missing, a folder, larger than 1 MiB or no TOML; unavailable
// for one that cannot be read.
std::vector<Setting> read_configuration_file(const std::string& path);

// A text between quotes, as TOML writes it on one line.
std::string toml_text(std::string_view text);

}  // namespace pomona::cli
