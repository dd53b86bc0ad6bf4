// SPDX-License-Identifier: Apache-2.0
// What `--help` prints: a sentence, how to call it, every option with its default, wrapped for a
// terminal.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace pomona::cli {

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

}  // namespace pomona::cli
