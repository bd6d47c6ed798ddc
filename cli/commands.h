// The subcommands. Each function adds one to the program; parsing a command line fills in what to run.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace groklab::cli {

/// Set by the subcommand that was parsed; run by main after parsing. Returns the exit code.
using Action = std::function<int()>;

void add_train(CLI::App& program, Action& action);
void add_resume(CLI::App& program, Action& action);
void add_fork(CLI::App& program, Action& action);
void add_runs(CLI::App& program, Action& action);
void add_annotate(CLI::App& program, Action& action);
void add_delete(CLI::App& program, Action& action);
void add_gc(CLI::App& program, Action& action);
void add_show(CLI::App& program, Action& action);
void add_export(CLI::App& program, Action& action);
void add_eval(CLI::App& program, Action& action);
void add_probe(CLI::App& program, Action& action);
void add_report(CLI::App& program, Action& action);
void add_config(CLI::App& program, Action& action);
void add_paper(CLI::App& program, Action& action);
void add_reproduce(CLI::App& program, Action& action);
void add_store(CLI::App& program, Action& action);
void add_sweep(CLI::App& program, Action& action);
void add_plan(CLI::App& program, Action& action);
void add_merge(CLI::App& program, Action& action);
void add_cluster(CLI::App& program, Action& action);
void add_completion(CLI::App& program, Action& action);
void add_bench(CLI::App& program, Action& action);
void add_serve(CLI::App& program, Action& action);

inline constexpr int kExitOk = 0;
inline constexpr int kExitInternal = 1;
inline constexpr int kExitFailed = 2;
inline constexpr int kExitSkipped = 77;  // what automake and CTest take for a test that was skipped
inline constexpr int kExitInterrupted = 130;

}  // namespace groklab::cli
