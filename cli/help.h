// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace pomona::cli {

// Makes `--help` of the app and its verbs print a sentence, how to call it, and every option with
// its default, wrapped for a terminal.
void use_our_help(CLI::App& app);

}  // namespace pomona::cli
