// groklab paper
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/engine/machine.h"
#include "groklab/paper/reproduction.h"
#include "groklab/sweep/run_plan.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/version.h"
#include "groklab/view/text.h"
#include "options.h"
#include "signals.h"
#include "sweep_view.h"

namespace groklab::cli {
namespace {

struct PaperFlags {
  std::vector<std::string> claims;
  std::string scale = "quick", page, json;
  int jobs = 0;
  std::int64_t seeds = 0;
  bool dry_run = false, list = false, quiet = false;
  StoreOption store;
};

/// A line per claim: what it would cost alone. Claims share runs, so the sum is more than the whole.
void print_estimates(const paper::Scale& scale, const std::vector<paper::Claim>& claims, int jobs) {
  for (const paper::Claim& claim : claims) {
    const paper::Study study = paper::plan_study(scale, {claim});
    fmt::print("{:<15} {}\n", claim.id, estimate_line(estimate_sweep(study.plan(), jobs, 0.5), jobs));
    std::fflush(stdout);
  }
}

int run_paper(const PaperFlags& flags) {
  const std::atomic<bool>& interrupt = catch_interrupts();  // from the calibration on
  const auto start = std::chrono::steady_clock::now();
  const std::vector<paper::Claim> claims = paper::choose_claims(flags.claims);
  if (flags.list) {
    for (const paper::Claim& claim : claims) fmt::print("{:<15} {}\n", claim.id, claim.statement);
    return kExitOk;
  }
  paper::Scale scale = paper::make_scale(flags.scale);
  if (flags.seeds > 0) scale.seeds = scale.dcrit_seeds = scale.other_seeds = scale.semi_seeds = flags.seeds;
  const int jobs = flags.jobs > 0 ? flags.jobs : ThreadPool::default_threads();
  paper::Study study = paper::plan_study(scale, claims);
  const SweepPlan plan = study.plan();
  if (flags.dry_run) print_estimates(scale, claims, jobs);
  const SweepEstimate estimate = estimate_sweep(plan, jobs, 2.0);
  if (!flags.quiet) {
    fmt::print("{} claim{} at scale {}: {}\n", claims.size(), claims.size() == 1 ? "" : "s", scale.name,
               estimate_line(estimate, jobs));
    std::fflush(stdout);
  }
  if (flags.dry_run) return kExitOk;
  const Store store = flags.store.open();
  const std::vector<PlannedResult> results = run_with_view(plan, estimate.seconds, store, jobs, interrupt, flags.quiet);
  paper::Reproduction reproduction;
  for (const PlannedResult& r : results) {
    if (r.state == PlannedState::kPending) {
      fmt::print(stderr, "interrupted; go on with the same command\n");
      return kExitInterrupted;
    }
    reproduction.n_failed += r.state == PlannedState::kDone ? 0 : 1;
    reproduction.n_found += r.was_done ? 1 : 0;
    reproduction.steps += r.outcome.step;
  }
  for (const std::string& line : failure_lines(plan, results)) fmt::print(stderr, "groklab: {}\n", line);
  ThreadPool pool(jobs, Binding::kAll);
  study.attach(store, results, pool);
  reproduction.claims = paper::judge_claims(study, claims);
  reproduction.scale = scale.name;
  reproduction.network = scale.main.name;
  reproduction.machine = machine_description(jobs);
  reproduction.version = version();
  reproduction.n_runs = static_cast<std::int64_t>(results.size());
  reproduction.first_seed = scale.first_seed;
  reproduction.seeds = scale.seeds;
  reproduction.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!flags.json.empty()) write_output(flags.json, paper::reproduction_json(reproduction).dump(2) + "\n");
  if (!flags.page.empty()) write_output(flags.page, paper::reproduction_page(reproduction));
  if (!flags.quiet) {
    fmt::print("{}{} runs in {}\n", paper::verdict_table(reproduction), format_count(reproduction.n_runs),
               format_duration(reproduction.seconds));
    if (!flags.page.empty() && flags.page != "-") fmt::print("page: {}\n", flags.page);
  }
  return reproduction.n_failed > 0 ? kExitFailed : kExitOk;
}

}  // namespace

void add_paper(CLI::App& program, Action& action) {
  auto flags = std::make_shared<PaperFlags>();
  CLI::App* command =
      program.add_subcommand("paper", "Reproduce the claims of the circuit-efficiency paper, each with a verdict");
  command->add_option("CLAIM", flags->claims, "Claims by name (default: all; see --list)");
  command->add_option("--scale", flags->scale, "smoke (a minute), quick (ten minutes) or full (the paper's own; days)");
  command->add_option("--output,-o", flags->page, "Write the page with verdicts and figures to this file");
  command->add_option("--json", flags->json, "Write all results as JSON to this file ('-': standard output)");
  command->add_option("--jobs,-j", flags->jobs, "Runs at a time (default: all cores); the results do not depend on it")
      ->check(CLI::Range(1, 1024));
  command->add_option("--seeds", flags->seeds, "Seeds instead of the scale's own number; one seed decides nothing")
      ->check(CLI::Range(1, 10000));
  command->add_flag("--dry-run", flags->dry_run, "Print runs, FLOP, time and disk of each claim, and train nothing");
  command->add_flag("--list", flags->list, "Print the claims and what they say");
  command->add_flag("--quiet,-q", flags->quiet, "Print nothing but errors");
  flags->store.add_to(*command);
  command->callback([flags, &action] { action = [flags] { return run_paper(*flags); }; });
}

}  // namespace groklab::cli
