// SPDX-License-Identifier: Apache-2.0
// What an option takes, as its help says it. CLI11 itself forgets the type of the variable.
#pragma once

#include <string>

namespace CLI {
class Option;
}

namespace pomona::cli {

struct OptionKind {
  enum class Value { kFlag, kNumber, kText } value;
  bool is_list = false;      // several between commas, or an array in a file
  bool is_repeated = false;  // several by giving it again, or an array in a file
};

// "PIXELS", "auto|f32|bf16": what --help shows after the name; "" for a flag.
std::string shown_type(const CLI::Option& option);

// By the shown type: N, SHARE, PIXELS, S and their like are numbers, LIST, CROPS and R,G,B are
// lists, IMAGES may be given again, all else is text. tests/end_to_end/test_configuration.py knows
// them all and fails for a new one.
OptionKind kind_of(const CLI::Option& option);

// May a configuration file say it, and has it a value to be shown? Not so arguments without a
// name, --help, and what leads to the file itself.
bool is_setting(const CLI::Option& option);

}  // namespace pomona::cli
