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

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/suggest.h"
#include "groklab/engine/engine.h"
#include "groklab/version.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 success; 2 bad input, store or disk trouble, or a run that diverged; 130 interrupted (the run can\n"
    "be resumed); 1 a defect of groklab.\n"
    "Start: groklab train, then: groklab report last";

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
void check_subcommand(const CLI::App& program, int argc, char** argv) {
  if (argc < 2) fail(ErrorKind::kConfig, "expected a subcommand; see groklab --help");
  const std::string word = argv[1];
  if (word.empty() || word[0] == '-') return;
  const std::vector<std::string> names = subcommand_names(program);
  if (std::find(names.begin(), names.end(), word) != names.end()) return;
  const std::string nearest = nearest_name(word, names);
  fail(ErrorKind::kConfig, "unknown subcommand '{}'{}; see groklab --help", word,
       nearest.empty() ? "" : ", did you mean '" + nearest + "'?");
}

int run_program(int argc, char** argv) {
  CLI::App program("groklab: a laboratory for the science of grokking", "groklab");
  program.set_version_flag("--version", version_text, "Version, instruction set in use, compiler");
  program.require_subcommand(1);
  program.footer(kFooter);
  Action action;
  for (auto* add : {add_train,  add_resume, add_fork,    add_runs,      add_annotate, add_delete, add_gc,    add_show,
                    add_export, add_eval,   add_probe,   add_report,    add_store,    add_config, add_bench, add_sweep,
                    add_plan,   add_merge,  add_cluster, add_reproduce, add_paper,    add_serve}) {
    add(program, action);
  }
  check_subcommand(program, argc, argv);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      program.exit(error);
      std::cout.flush();
      if (!std::cout) return report_error("standard output: cannot write", kExitFailed);
      return with_output_checked(kExitOk);
    }
    return report_error(error.what(), kExitFailed);
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
