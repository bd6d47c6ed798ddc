// groklab sweep
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "groklab/config/grid.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/plan.h"
#include "groklab/sweep/run_plan.h"
#include "groklab/sweep/shard.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/view/text.h"
#include "options.h"
#include "overview.h"
#include "run_text.h"
#include "signals.h"
#include "sweep_view.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

struct SweepFlags {
  std::string file, csv, shard, report, instruction_set;
  std::vector<std::string> assignments;
  int jobs = 0;
  bool dry_run = false, quiet = false, json = false;
  OverviewFlags overview;
  StoreOption store;
};

int interrupted_early() {
  print_note("interrupted before the first run; go on with the same command");
  return kExitInterrupted;
}

/// Of the runs that there are.
void write_report(const SweepFlags& flags, const Store& store, const std::vector<PlannedResult>& results) {
  std::vector<RunInfo> runs;
  for (const PlannedResult& result : results) {
    if (!result.id.empty() && store.contains(result.id)) runs.push_back(store.run(result.id));
  }
  std::string set;
  for (const std::string& assignment : flags.assignments) set += " --set " + shell_quoted(assignment);
  const std::string command = "groklab sweep " + shell_quoted(flags.file) + set + " --report " +
                              shell_quoted(flags.report) + flags.overview.as_arguments() + flags.store.as_argument();
  const std::string name = std::filesystem::path(flags.file).stem().string();
  write_output(flags.report, overview_page(store, runs, flags.overview, command, "Sweep " + name));
}

int sweep(const SweepFlags& flags) {
  const std::atomic<bool>& interrupt = catch_interrupts();  // from the calibration on
  if (!flags.csv.empty()) check_output_file(flags.csv);
  if (!flags.report.empty()) check_output_file(flags.report);
  const Shard shard = flags.shard.empty() ? Shard{} : parse_shard(flags.shard);
  Grid grid = read_grid_file(flags.file);
  for (const std::string& assignment : flags.assignments) set_in_grid(grid, assignment);
  SweepPlan whole = expand_grid(grid, &interrupt);
  if (interrupt.load()) return interrupted_early();
  const SweepPlan plan = shard_of(std::move(whole), shard);
  const int jobs = flags.jobs > 0 ? flags.jobs : ThreadPool::default_threads();
  const std::optional<SweepEstimate> known = estimate_sweep(plan, jobs, 2.0, &interrupt);
  if (!known) return interrupted_early();
  const SweepEstimate& estimate = *known;
  if (flags.json && flags.dry_run) write_text(json_text(estimate_json(estimate, jobs), 2) + "\n");
  if (!flags.quiet && !flags.json) print_out("{}\n", estimate_line(estimate, jobs));
  if (flags.dry_run) return kExitOk;
  const Store store = flags.store.open();
  const std::vector<PlannedResult> results =
      run_with_view(plan, estimate.seconds, store, jobs, interrupt, flags.quiet, flags.instruction_set);
  if (!flags.csv.empty()) write_output(flags.csv, results_csv(store, plan, results));
  if (!flags.report.empty()) write_report(flags, store, results);
  if (flags.json) write_text(json_text(results_json(store, plan, results), 2) + "\n");
  std::int64_t failed = 0, pending = 0, diverged = 0;
  for (const PlannedResult& r : results) {
    failed += r.state == PlannedState::kFailed || r.state == PlannedState::kSkipped ? 1 : 0;
    pending += r.state == PlannedState::kPending ? 1 : 0;
    diverged += r.state == PlannedState::kDone && r.outcome.status == RunStatus::kDiverged ? 1 : 0;
  }
  for (const std::string& line : failure_lines(plan, results)) print_error(line);
  if (pending > 0) {
    print_note("interrupted with {} of {} runs to do; go on with the same command", format_count(pending),
               format_count(estimate.runs));
    return kExitInterrupted;
  }
  if (!flags.quiet && !flags.json) {
    print_out("{} of {} runs are in the store", format_count(estimate.runs - failed), format_count(estimate.runs));
    if (diverged > 0) print_out(", {} of them diverged", format_count(diverged));
    print_out("\nsee them: groklab runs{}\n", flags.store.as_argument());
    if (!flags.report.empty()) print_out("{}\n", flags.report);
    if (shard.count > 1) print_out("this is shard {}; groklab merge joins all\n", shard_text(shard));
  }
  return failed > 0 ? kExitFailed : kExitOk;
}

}  // namespace

void add_sweep(CLI::App& program, Action& action) {
  auto flags = std::make_shared<SweepFlags>();
  CLI::App* command =
      program.add_subcommand("sweep", "Train every run of a grid, many at a time; go on where it stopped");
  command->add_option("GRID", flags->file, "TOML file in which any key may hold a list or a range")->required();
  command->add_option("--jobs,-j", flags->jobs, "Runs at a time (default: all cores); the results do not depend on it")
      ->check(CLI::Range(1, 1024));
  add_set_option(*command, flags->assignments);
  command->get_option("--set")->description(
      "Give a key one value in every run, whatever the grid says of it; repeatable");
  command->add_flag("--json", flags->json, "Print what came of each run as JSON, with --dry-run the estimate");
  command->add_flag("--dry-run", flags->dry_run, "Print runs, FLOP, time and disk, and train nothing");
  command->add_option("--shard", flags->shard, "I/N: only the I-th of N parts of the plan (see groklab plan)");
  command->add_option("--isa", flags->instruction_set, kPinnedInstructionSet);
  command->add_option("--csv", flags->csv, "Write a table with a line per run to this file");
  command->add_option("--report", flags->report, "Write a page over all runs to this file; see groklab report");
  flags->overview.add_to(*command);
  command->add_flag("--quiet,-q", flags->quiet, "Print nothing but errors");
  flags->store.add_to(*command);
  command->callback([flags, &action] { action = [flags] { return sweep(*flags); }; });
}

}  // namespace groklab::cli
