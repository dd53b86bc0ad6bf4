// SPDX-License-Identifier: Apache-2.0
// Checks the number of a flag as soon as it is read, by the bounds of the options struct's check()
// and in its words. So the error names the flag, or the configuration file and the key, and
// `--show-config` refuses what a run would refuse. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace pomona::cli {

// What is wrong with the text of a flag, "" when nothing is.
using FlagCheck = std::function<std::string(const std::string& text)>;

// Both bounds included.
FlagCheck count_range(std::uint64_t least, std::uint64_t most);
FlagCheck number_range(double least, double most);

}  // namespace pomona::cli
