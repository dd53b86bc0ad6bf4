// SPDX-License-Identifier: Apache-2.0
// The `pomona` command: reads the command line, runs one verb, turns what happened into an exit
// code.
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "command.h"
#include "configuration.h"
#include "exit_code.h"
#include "help.h"
#include "pomona/base/error.h"
#include "progress/json_progress.h"
#include "progress/terminal_progress.h"
#include "reporter.h"
#include "secrets.h"

namespace pomona::cli {
namespace {

// Asks the run to stop at the first SIGINT or SIGTERM; a second one ends the process at once. The
// handler only writes the signal to a pipe, and a thread of its own does the rest. Blocking signals
// and waiting for them would not do: OpenBLAS starts threads before main(), and they would take
// them.
class SignalWatch {
 public:
  SignalWatch() {
    // Without a pipe or a thread signals end the process as by default.
    if (pipe2(pipe_, O_CLOEXEC) != 0 || !starts_thread()) return;
    struct sigaction action {};
    action.sa_handler = [](int signal) {
      const auto byte = static_cast<char>(signal);
      [[maybe_unused]] const auto written = ::write(pipe_[1], &byte, 1);
    };
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  }
  std::stop_token token() const { return stop_.get_token(); }
  // The signal that asked to stop, 0 when none did.
  int first() const { return first_; }
  // A program that reads what is written to standard error knows what it has sent.
  void be_quiet() { quiet_ = true; }

 private:
  // False where the system allows no more threads.
  bool starts_thread() {
    try {
      std::thread([this, stop = stop_]() mutable {
        first_ = next_signal();
        stop.request_stop();
        if (!quiet_) std::fputs("\nstopping; once more to end at once\n", stderr);
        std::_Exit(128 + next_signal());
      }).detach();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  static int next_signal() {
    char signal = 0;
    while (::read(pipe_[0], &signal, 1) < 0 && errno == EINTR) {
    }
    return signal;
  }

  static inline int pipe_[2] = {-1, -1};
  std::atomic<int> first_ = 0;
  std::atomic<bool> quiet_ = false;
  std::stop_source stop_;
};

// A program that runs the command, as the Python package does, may be killed before it can end it.
// It names itself in POMONA_PARENT: this process then gets SIGTERM when the thread that started it
// ends. Returns that process, 0 where there is none. Throws interrupted where it has ended already.
pid_t follow_parent() {
  constexpr const char* kVariable = "POMONA_PARENT";
  const char* variable = std::getenv(kVariable);
  if (variable == nullptr || *variable == '\0') return 0;
  const std::string parent = variable;
  unsetenv(kVariable);  // what this process starts has another parent
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // It may have ended before the kernel knew.
  if (const pid_t now = getppid(); std::to_string(now) == parent) return now;
  throw Error(ErrorKind::kInterrupted, std::string(kVariable) + ": expected the process " + parent +
                                           ", which starts this command, and it has ended");
}

int tell(const Error& error, Reporter& reporter) {
  reporter.error(error.kind(), error.what());
  return exit_code(error.kind());
}

int run_command(const Command& command, Session& session, Reporter& reporter) {
  try {
    return command(session);
  } catch (const Error& error) {
    return tell(error, reporter);
  } catch (const std::exception& error) {
    reporter.error(ErrorKind::kInternal,
                   std::string("this is a bug of ours, please report it: ") + error.what());
    return exit_code(ErrorKind::kInternal);
  }
}

void add_commands(CLI::App& app, Command& chosen) {
  add_run(app, chosen);
  add_scan(app, chosen);
  add_extract(app, chosen);
  add_reduce(app, chosen);
  add_train(app, chosen);
  add_evaluate(app, chosen);
  add_predict(app, chosen);
  add_report(app, chosen);
  add_verify(app, chosen);
  add_models(app, chosen);
  add_doctor(app, chosen);
  add_bench(app, chosen);
  add_compose(app, chosen);
  add_sync(app, chosen);
  add_clean(app, chosen);
  add_read(app, chosen);
}

// Results that did not get where they were sent are an error; a reader that has seen enough
// (`pomona predict … | head`) is none.
int flush_output(int code, Reporter& reporter) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (errno == EPIPE) return code;
  reporter.error(ErrorKind::kUnavailable,
                 std::string("writing to standard output: ") +
                     (errno == 0 ? "not all of it was taken" : std::strerror(errno)));
  return code == kExitOk ? exit_code(ErrorKind::kUnavailable) : code;
}

// "Could not convert: --holdout = abc", as the parser of flags says it, in words that help.
std::string in_words(std::string problem) {
  constexpr std::string_view kConvert = "Could not convert: ";
  const std::size_t equals = problem.find(" = ");
  if (!problem.starts_with(kConvert) || equals == std::string::npos) return problem;
  return problem.substr(kConvert.size(), equals - kConvert.size()) + ": '" +
         problem.substr(equals + 3) + "' is not a number";
}

// What is wrong with the command line.
void explain(const CLI::App& app, const CLI::ParseError& error, Reporter& reporter) {
  std::string command = app.get_name();
  const CLI::App* verb = &app;
  while (!verb->get_subcommands().empty()) {
    verb = verb->get_subcommands().front();
    command += " " + verb->get_name();
  }
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  std::string problem = in_words(error.what());
  if (!unknown.empty()) {
    problem = "unknown " + std::string(verb->get_subcommands({}).empty() ? "argument" : "verb") +
              " '" + unknown.front() + "'";
  } else if (!verb->get_subcommands({}).empty()) {
    problem = "a verb is missing";
  }
  reporter.usage_error(command, problem);
}

std::unique_ptr<Reporter> make_reporter(bool as_json, bool log_timing) {
  if (as_json) return std::make_unique<JsonProgress>();
  return std::make_unique<TerminalProgress>(isatty(STDERR_FILENO) != 0, log_timing);
}

// Is it to be JSON? Known before the words are parsed, since these may be wrong.
bool asks_for_json(std::span<char* const> words) {
  const char* variable = std::getenv("POMONA_PROGRESS");
  std::string form = variable == nullptr ? "" : variable;
  constexpr std::string_view kOption = "--progress";
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == kOption && i + 1 < words.size()) form = words[i + 1];
    if (word.starts_with("--progress=")) form = word.substr(kOption.size() + 1);
  }
  return form == "json";
}

// CLI11 takes "[a,b]" for a list of two, also where it is the name of a folder.
void refuse_lists(CLI::App& app, std::span<char* const> words) {
  for (const CLI::Option* option : chosen_apps(app).back()->get_options()) {
    if (!option->get_positional()) continue;
    for (const std::string& value : option->results()) {
      if (std::ranges::find(words, value) != words.end()) continue;
      throw Error(ErrorKind::kInvalidInput,
                  "reading the command line: a name in square brackets would be read as a list; "
                  "write ./[a] for a folder called [a]");
    }
  }
}

struct GlobalFlags {
  bool log_timing = false;
  std::string progress = "auto";
};

void add_global_flags(CLI::App& app, GlobalFlags& flags) {
  app.add_flag("--log-timing", flags.log_timing,
               "Print the seconds of every stage to standard error");
  app.add_option("--progress", flags.progress,
                 "What standard error gets: auto, for people; json, for programs: one object a "
                 "line for progress, notes, warnings and the error (docs/formats.md)")
      ->type_name("auto|json")
      ->check(CLI::IsMember({"auto", "json"}))
      ->envname("POMONA_PROGRESS")
      ->capture_default_str();
}

int run_main(int argc, char** argv) {
  static SignalWatch signals;  // its thread outlives this function
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app(
      "Turns folders of labelled photographs into CNN features, a model and a report.\n\n"
      "Begin with\n\n"
      "  pomona run PHOTOGRAPHS --out RESULTS\n\n"
      "where PHOTOGRAPHS holds one folder for each label, and open RESULTS/report.html.",
      "pomona");
  app.set_version_flag("--version", "pomona " POMONA_VERSION);
  app.require_subcommand(1);
  app.fallthrough();  // so that --config and --log-timing may stand after the verb
  app.option_defaults()->always_capture_default(false);
  use_our_help(app);
  const Configuration configuration(app);
  GlobalFlags flags;
  add_global_flags(app, flags);

  Command chosen;
  add_commands(app, chosen);
  app.footer(kExitCodeHelp);  // of the whole, not of each verb
  std::unique_ptr<Reporter> reporter =
      make_reporter(asks_for_json({argv, argv + argc}), /*log_timing=*/false);
  pid_t parent = 0;
  try {
    parent = follow_parent();
    app.parse(argc, argv);
    refuse_secrets(app);
    refuse_lists(app, {argv, argv + argc});
    if (configuration.is_to_be_shown()) {
      std::fputs(configuration.as_toml().c_str(), stdout);
      return flush_output(kExitOk, *reporter);
    }
  } catch (const CLI::Success& asked_for_help) {
    return flush_output(app.exit(asked_for_help), *reporter);
  } catch (const CLI::ParseError& error) {
    explain(app, error, *reporter);
    return kExitUsage;
  } catch (const Error& error) {
    return tell(error, *reporter);
  }
  const bool as_json = flags.progress == "json";
  if (as_json) signals.be_quiet();
  reporter = make_reporter(as_json, flags.log_timing);
  Session session{*reporter, signals.token(), {argv, argv + argc}, parent};
  const int code = run_command(chosen, session, *reporter);
  reporter->finish();
  if (code == exit_code(ErrorKind::kInterrupted) && signals.first() != 0) {
    return 128 + signals.first();
  }
  return flush_output(code, *reporter);
}

}  // namespace
}  // namespace pomona::cli

int main(int argc, char** argv) { return pomona::cli::run_main(argc, argv); }
