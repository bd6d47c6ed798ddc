// groklab completion: scripts for shells, which ask the program itself what may stand where, and the manual page.
#include <memory>
#include <string>
#include <vector>

#include "command_tables.h"
#include "commands.h"
#include "options.h"

namespace groklab::cli {
namespace {

// COMP_WORDS is cut at = too: the part behind it is what bash replaces.
constexpr const char* kBash = R"(# groklab for bash: source <(groklab completion bash)
_groklab() {
  local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" words=() i
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    if [[ $i -gt 1 && ( ${COMP_WORDS[i]} == = || ${COMP_WORDS[i - 1]} == = ) ]]; then
      words[${#words[@]} - 1]+="${COMP_WORDS[i]}"
    else
      words+=("${COMP_WORDS[i]}")
    fi
  done
  local whole="${words[${#words[@]} - 1]}"
  mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" completion words -- "${words[@]}" 2>/dev/null)
  if [[ $whole != "$word" && ${#COMPREPLY[@]} -gt 0 ]]; then
    COMPREPLY=("${COMPREPLY[@]#"${whole%"$word"}"}")
  fi
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
  return 0
}
complete -o default -F _groklab groklab
)";

constexpr const char* kZsh = R"(#compdef groklab
# groklab for zsh: source <(groklab completion zsh), behind compinit
_groklab() {
  local -a found
  found=("${(@f)$("${words[1]}" completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${found[1]}" ]]; then
    if [[ "${found[1]}" == *= ]]; then compadd -S '' -- "${found[@]}"; else compadd -- "${found[@]}"; fi
  else
    _files
  fi
}
if [[ ${funcstack[1]} == _groklab ]]; then _groklab "$@"; else compdef _groklab groklab; fi
)";

constexpr const char* kFish = R"(# groklab for fish: groklab completion fish | source
function __groklab_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] completion words -- $words[2..-1] 2>/dev/null
end
complete -c groklab -a '(__groklab_complete)'
)";

}  // namespace

void add_completion(CLI::App& program, Action& action) {
  CLI::App* command =
      program.add_subcommand("completion", "Print a script that completes commands in a shell, or the manual page");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* meaning, const std::function<std::string()>& text) {
    command->add_subcommand(name, meaning)->callback([&action, text] {
      action = [text] {
        write_data(text());
        return kExitOk;
      };
    });
  };
  add("bash", "For bash: source <(groklab completion bash)", [] { return kBash; });
  add("zsh", "For zsh: source <(groklab completion zsh)", [] { return kZsh; });
  add("fish", "For fish: groklab completion fish | source", [] { return kFish; });
  add("man", "The manual page: groklab completion man > groklab.1", [&program] { return man_page(program); });
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* ask =
      command->add_subcommand("words", "What the scripts ask: what may stand at the place of the last WORD");
  ask->add_option("WORD", *words, "The words of a command line, without groklab");
  ask->callback([words, &program, &action] {
    action = [words, &program] {
      std::string text;
      for (const std::string& word : completions(program, *words)) text += word + "\n";
      write_data(text);
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
