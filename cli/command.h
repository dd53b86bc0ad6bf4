// SPDX-License-Identifier: Apache-2.0
// What every subcommand is: flags that fill options, and one call into jobs.
#pragma once

#include <sys/types.h>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/progress.h"

namespace CLI {
class App;
}

namespace pomona::cli {

// What a command gets when it runs.
struct Session {
  Progress& progress;
  std::stop_token stop;
  std::vector<std::string> command;  // as typed
  pid_t parent = 0;                  // that POMONA_PARENT names; 0: none
};

// Returns the exit code.
using Command = std::function<int(Session&)>;

// Each adds its subcommand to the app; when it is the one that was asked for, it leaves itself in
// `chosen`.
void add_run(CLI::App& app, Command& chosen);
void add_scan(CLI::App& app, Command& chosen);
void add_extract(CLI::App& app, Command& chosen);
void add_reduce(CLI::App& app, Command& chosen);
void add_train(CLI::App& app, Command& chosen);
void add_evaluate(CLI::App& app, Command& chosen);
void add_predict(CLI::App& app, Command& chosen);
void add_report(CLI::App& app, Command& chosen);
void add_verify(CLI::App& app, Command& chosen);
void add_models(CLI::App& app, Command& chosen);
void add_doctor(CLI::App& app, Command& chosen);
void add_bench(CLI::App& app, Command& chosen);
void add_compose(CLI::App& app, Command& chosen);
void add_sync(CLI::App& app, Command& chosen);
void add_clean(CLI::App& app, Command& chosen);
void add_read(CLI::App& app, Command& chosen);

}  // namespace pomona::cli
