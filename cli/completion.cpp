// SPDX-License-Identifier: Apache-2.0
// Shell completion made from the flags themselves, so that it never lags behind them.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "command.h"

namespace pomona::cli {
namespace {

// "run" → "--out --force …", "models import" → …, "" → the names of the verbs.
void collect_words(const CLI::App& app, const std::string& path,
                   std::map<std::string, std::string>& words) {
  std::string& mine = words[path];
  for (const CLI::App* command : app.get_subcommands({})) mine += command->get_name() + " ";
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) mine += "--" + name + " ";
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    collect_words(*command, path.empty() ? command->get_name() : path + " " + command->get_name(),
                  words);
  }
}

std::string bash_script(const std::map<std::string, std::string>& words) {
  std::string script =
      "_pomona() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} list\n"
      "  [ \"$verb\" = models ] && [ \"$COMP_CWORD\" -gt 2 ] && verb=\"models ${COMP_WORDS[2]}\"\n"
      "  [ \"$COMP_CWORD\" -eq 1 ] && verb=\n"
      "  case \"$verb\" in\n";
  for (const auto& [path, list] : words) script += "    '" + path + "') list='" + list + "' ;;\n";
  script +=
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$word\")\n"
      "  case \"$word\" in -*) ;; *) [ -z \"$verb\" ] || mapfile -t -O \"${#COMPREPLY[@]}\" "
      "COMPREPLY < "
      "<(compgen -f -- \"$word\") ;; esac\n"
      "}\n"
      "complete -o filenames -F _pomona pomona\n";
  return script;
}

}  // namespace

void add_completion(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "completion", "Print a completion script; in bash: source <(pomona completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, or zsh (through its bashcompinit)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([&app, &chosen, shell] {
    chosen = [&app, shell](Session&) {
      std::map<std::string, std::string> words;
      collect_words(app, "", words);
      if (*shell == "zsh") std::fputs("autoload -U +X bashcompinit && bashcompinit\n", stdout);
      std::fputs(bash_script(words).c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace pomona::cli
