// The groklab program: parses, dispatches to a subcommand, and turns every error into one line and an exit code.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "command_tables.h"
#include "commands.h"
#include "examples.h"
#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/keys.h"
#include "groklab/config/suggest.h"
#include "groklab/engine/engine.h"
#include "groklab/version.h"
#include "options.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 success; 2 bad input, store or disk trouble, or a run that diverged; 130 interrupted (the run can\n"
    "be resumed); 1 a defect of groklab.\n"
    "Start: groklab train, then: groklab report last. More on a command: groklab help COMMAND";

std::string version_text() {
  return fmt::format("groklab {}\ninstruction set {}\ncompiler {}", version(), instruction_set_name(), compiler_name());
}

int report_error(const std::string& message, int code) {
  print_error(message);
  return code;
}

/// What a command printed is part of what it promised.
int with_output_checked(int code) {
  std::fflush(stdout);
  const std::string failure = output_failure();
  if (failure.empty() || code != kExitOk) return code;
  return report_error(failure, kExitFailed);
}

std::vector<std::string> subcommand_names(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

/// CLI11 would only say that an argument was not expected.
void check_subcommand(const CLI::App& program, const std::string& word) {
  if (word.empty() || word[0] == '-') return;
  const std::vector<std::string> names = subcommand_names(program);
  if (std::find(names.begin(), names.end(), word) != names.end()) return;
  const std::string nearest = nearest_name(word, names);
  fail(ErrorKind::kConfig, "unknown subcommand '{}'{}; see groklab --help", word,
       nearest.empty() ? "" : ", did you mean '" + nearest + "'?");
}

/// `above` names the commands that it belongs to.
int print_help(const CLI::App& app, const std::string& above = "") {
  write_text(app.help(above));
  return with_output_checked(kExitOk);
}

/// groklab help, groklab help COMMAND.
int help_on(const CLI::App& program, const std::vector<std::string>& words) {
  const CLI::App* app = &program;
  std::string above;
  for (const std::string& word : words) {
    if (app == &program) check_subcommand(program, word);
    for (const CLI::App* command : commands_of(*app)) {
      if (command->get_name() != word) continue;
      above += (above.empty() ? "" : " ") + app->get_name();
      app = command;
      break;
    }
  }
  return print_help(*app, above);
}

/// What was meant by a word that the command does not know: a key in the place of an option, or another option.
std::string advice(const CLI::App& program, const std::vector<std::string>& words, const std::string& unknown) {
  const std::string name = unknown.substr(std::min(unknown.find_first_not_of('-'), unknown.size()), unknown.find('='));
  const CLI::App* command = &program;
  for (const CLI::App* one : commands_of(program)) {
    if (!words.empty() && one->get_name() == words[0]) command = one;
  }
  std::vector<std::string> options;
  for (const CLI::Option* option : named_options(*command)) {
    for (std::string& spelling : spellings(*option)) options.push_back(std::move(spelling));
  }
  const std::string key = is_config_key(name) ? name : suggest_key(name);
  if (!key.empty() && unknown.starts_with("--") && find_option(*command, "--set") != nullptr) {
    const auto at = std::find(words.begin(), words.end(), unknown);
    const bool has_value = at != words.end() && at + 1 != words.end() && !(at + 1)->starts_with("-");
    const std::string value = has_value ? *(at + 1) : "VALUE";
    return fmt::format("; keys are set with --set {}={}", key, shell_quoted(value));
  }
  const std::string nearest = nearest_name(unknown, options);
  return nearest.empty() ? "" : fmt::format(", did you mean {}?", nearest);
}

std::string parse_fault(const CLI::App& program, const std::vector<std::string>& words, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return error.what();
  const std::string text = error.what();  // "The following argument(s) were not expected: A B", the last first
  const std::size_t colon = text.rfind(": ");
  std::vector<std::string> unknown;
  for (const std::string& word : words) {
    const bool listed = (" " + text.substr(colon + 1) + " ").find(" " + word + " ") != std::string::npos;
    if (listed) unknown.push_back(word);
  }
  if (colon == std::string::npos || unknown.empty()) return text;
  return fmt::format("not expected: {}{}", unknown.front(), advice(program, words, unknown.front()));
}

int run_program(int argc, char** argv) {
  CLI::App program("groklab: a laboratory for the science of grokking", "groklab");
  program.set_version_flag("--version", version_text, "Version, instruction set in use, compiler");
  program.require_subcommand(1);
  program.footer(kFooter);
  Action action;
  for (auto* add :
       {add_train,  add_resume, add_fork,    add_runs,      add_annotate, add_delete, add_gc,        add_show,
        add_export, add_eval,   add_probe,   add_report,    add_store,    add_config, add_bench,     add_sweep,
        add_plan,   add_merge,  add_cluster, add_reproduce, add_paper,    add_serve,  add_completion}) {
    add(program, action);
  }
  add_examples(program);
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) return print_help(program);
  if (words[0] == "help") return help_on(program, {words.begin() + 1, words.end()});
  check_subcommand(program, words[0]);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      program.exit(error);
      std::cout.flush();
      if (!std::cout) return report_error("standard output: cannot write", kExitFailed);
      return with_output_checked(kExitOk);
    }
    return report_error(parse_fault(program, words, error), kExitFailed);
  }
  return with_output_checked(action());
}

}  // namespace
}  // namespace groklab::cli

int main(int argc, char** argv) {
  using namespace groklab;
  using namespace groklab::cli;
  prepare_streams();
  try {
    return run_program(argc, argv);
  } catch (const Error& error) {
    return report_error(error.what(), error.kind() == ErrorKind::kInternal ? kExitInternal : kExitFailed);
  } catch (const std::bad_alloc&) {
    return report_error("out of memory: expected a task and a network that fit", kExitFailed);
  } catch (const std::system_error& error) {  // output that was not written by terminal.h; threads
    return report_error(error.what(), kExitFailed);
  } catch (const std::exception& error) {
    return report_error(fmt::format("internal: {}", error.what()), kExitInternal);
  }
}
