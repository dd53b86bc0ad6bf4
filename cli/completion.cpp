// SPDX-License-Identifier: Apache-2.0
// Shell completion made from the flags themselves, so that it never lags behind them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "command.h"

namespace pomona::cli {
namespace {

// What may follow: by verb ("" before there is one, "models import"), and by verb and option that
// takes a value ("run --fit").
struct Completions {
  std::map<std::string, std::string> words;
  std::map<std::string, std::string> values;  // "": any file
};

// "auto f32 bf16": checks describe themselves as {auto,f32,bf16}.
std::string values_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  if (begin == std::string::npos) return "";
  std::string values = type.substr(begin + 1, type.find('}') - begin - 1);
  std::ranges::replace(values, ',', ' ');
  return values;
}

void add_options(const CLI::App& app, const std::string& verb, Completions& found) {
  std::string& words = found.words[verb];
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) words += values_of(*option) + " ";
    for (const std::string& name : option->get_lnames()) {
      words += "--" + name + " ";
      if (option->get_type_size() != 0) found.values[verb + " --" + name] = values_of(*option);
    }
  }
}

void collect(const CLI::App& app, const std::string& verb, Completions& found) {
  std::string& words = found.words[verb];
  for (const CLI::App* below : app.get_subcommands({})) {
    words += below->get_name() + " ";
    collect(*below, verb.empty() ? below->get_name() : verb + " " + below->get_name(), found);
  }
  // A verb takes those of the app as well.
  for (const CLI::App* outer = &app; outer != nullptr; outer = outer->get_parent()) {
    add_options(*outer, verb, found);
  }
}

std::string bash_script(const Completions& found) {
  std::string script =
      "_pomona() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local verb= list= files=yes i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$verb ${COMP_WORDS[i]}\" in\n"
      "      *' --config') i=$((i + 1)) ;;\n"
      "      *' -'*) ;;\n"
      "      ' '*) verb=${COMP_WORDS[i]} ;;\n"
      "      'models '*) verb=\"models ${COMP_WORDS[i]}\"; break ;;\n"
      "      *) break ;;\n"
      "    esac\n"
      "  done\n"
      "  [ -n \"$verb\" ] || files=\n"
      "  case \"$verb $before\" in\n";
  for (const auto& [option, values] : found.values) {
    script += "    '" + option + "') " +
              (values.empty() ? "files=yes" : "list='" + values + "' files=") + " ;;\n";
  }
  script += "    *) case \"$verb\" in\n";
  for (const auto& [verb, words] : found.words) {
    script += "      '" + verb + "') list='" + words + "' ;;\n";
  }
  script +=
      "    esac ;;\n"
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$word\")\n"
      "  case \"$files$word\" in\n"
      "    yes-*) ;;\n"
      "    yes*)\n"
      "      compopt -o filenames 2>/dev/null\n"
      "      mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
      "  esac\n"
      "}\n"
      "complete -F _pomona pomona\n";
  return script;
}

}  // namespace

void add_completion(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for the shell");
  command->footer(
      "Example, for ~/.bashrc or ~/.zshrc:\n"
      "  source <(pomona completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, or zsh (through its bashcompinit)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([&app, &chosen, shell] {
    chosen = [&app, shell](Session&) {
      Completions found;
      collect(app, "", found);
      if (*shell == "zsh") std::fputs("autoload -U +X bashcompinit && bashcompinit\n", stdout);
      std::fputs(bash_script(found).c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace pomona::cli
