// groklab reproduce, and groklab paper as its short form for the one paper
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/config/text_file.h"
#include "groklab/engine/machine.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/studies/reproduction.h"
#include "groklab/sweep/run_plan.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/version.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_text.h"
#include "signals.h"
#include "sweep_view.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr const char* kPaperStudy = "varma2023";

struct ReproduceFlags {
  std::string study;  ///< "": the only one
  std::vector<std::string> claims;
  studies::Scale scale;
  std::string page, json, measurements, from_measurements;
  int jobs = 0;
  bool dry_run = false, list = false, quiet = false, mixed_arithmetic = false;
  StoreOption store;
};

/// The study that is meant. A claim in its place gets a line that shows the whole command.
const studies::Study& named_study(const std::string& id) {
  const std::vector<studies::Study>& all = studies::all_studies();
  if (id.empty() && all.size() == 1) return all.front();
  for (const studies::Study& study : all) {
    for (const studies::Claim& claim : study.claims) {
      if (claim.id != id) continue;
      fail(ErrorKind::kConfig, "study {}: expected a study before a claim; did you mean reproduce {} {}?", id, study.id,
           id);
    }
  }
  return studies::find_study(id);
}

void print_studies() {
  for (const studies::Study& study : studies::all_studies()) {
    print_out("{:<15} {}: {}. {}\n", study.id, study.citation, study.title, study.summary);
  }
}

/// A line per claim: what it would cost alone. Claims share runs, so the sum is more than the whole.
void print_estimates(const studies::Scale& scale, const std::vector<studies::Claim>& claims, int jobs,
                     const std::atomic<bool>& interrupt) {
  for (const studies::Claim& claim : claims) {
    const SweepPlan plan = studies::plan_claims({claim}, scale).plan;
    const std::optional<SweepEstimate> estimate = estimate_sweep(plan, jobs, 0.5, &interrupt);
    if (!estimate) return;
    print_out("{:<15} {}\n", claim.id, estimate_line(*estimate, jobs));
  }
}

void write_results(const ReproduceFlags& flags, const studies::Reproduction& reproduction) {
  if (!flags.json.empty()) write_output(flags.json, json_text(studies::reproduction_json(reproduction), 2) + "\n");
  if (!flags.page.empty()) write_output(flags.page, studies::reproduction_page(reproduction));
  if (flags.quiet) return;
  print_out("{}{} runs in {}\n", studies::verdict_table(reproduction), format_count(reproduction.summary.n_runs),
            format_duration(reproduction.summary.seconds));
  if (!flags.page.empty() && flags.page != "-") print_out("page: {}\n", flags.page);
}

/// Trains what is missing and measures. False: interrupted.
bool make_measurements(const ReproduceFlags& flags, const studies::PlannedClaims& planned,
                       const std::vector<studies::Claim>& claims, const std::vector<double>& seconds, int jobs,
                       const std::atomic<bool>& interrupt, studies::Measurements& m) {
  const Store store = flags.store.open();
  const std::vector<PlannedResult> results = run_with_view(planned.plan, seconds, store, jobs, interrupt, flags.quiet);
  for (const PlannedResult& r : results) {
    if (r.state == PlannedState::kPending) return false;
    m.summary.n_failed += r.state == PlannedState::kDone ? 0 : 1;
    m.summary.n_found += r.was_done ? 1 : 0;
    m.summary.steps += r.outcome.step;
  }
  for (const std::string& line : failure_lines(planned.plan, results)) print_error(line);
  m.summary.n_runs = static_cast<std::int64_t>(results.size());
  ThreadPool pool(jobs, Binding::kAll);
  const studies::RunResults runs(store, results, pool);
  if (const std::string mixed = runs.mixed_engines(); !mixed.empty() && !flags.mixed_arithmetic) {
    fail(ErrorKind::kStore, "store {}: {}; --mixed-arithmetic judges them together", store.directory().string(), mixed);
  }
  m.claims = studies::measure_claims(claims, planned, runs);
  return true;
}

int judge_stored(const ReproduceFlags& flags) {
  const studies::Measurements m =
      studies::parse_measurements(read_text_file(flags.from_measurements), flags.from_measurements);
  if (!flags.study.empty() && named_study(flags.study).id != m.study) {
    fail(ErrorKind::kConfig, "{}: expected measurements of study {}, found {}", flags.from_measurements, flags.study,
         m.study);
  }
  write_results(flags, studies::judge_measurements(m, flags.claims));
  return kExitOk;
}

int run_study(const ReproduceFlags& flags, const studies::Study& study, const std::vector<studies::Claim>& claims) {
  const std::atomic<bool>& interrupt = catch_interrupts();  // from the calibration on
  const auto start = std::chrono::steady_clock::now();
  studies::check_scale(study, flags.scale);
  const int jobs = flags.jobs > 0 ? flags.jobs : ThreadPool::default_threads();
  for (const std::string& file : {flags.page, flags.json, flags.measurements}) {
    if (!file.empty()) check_output_file(file);
  }
  const studies::PlannedClaims planned = studies::plan_claims(claims, flags.scale);
  if (flags.dry_run) print_estimates(flags.scale, claims, jobs, interrupt);
  const std::optional<SweepEstimate> known = estimate_sweep(planned.plan, jobs, 2.0, &interrupt);
  if (!known) {
    print_note("interrupted before the first run; go on with the same command");
    return kExitInterrupted;
  }
  const SweepEstimate& estimate = *known;
  if (!flags.quiet) {
    print_out("{} claim{} at scale {}: {}\n", claims.size(), claims.size() == 1 ? "" : "s", flags.scale.name,
              estimate_line(estimate, jobs));
  }
  if (flags.dry_run) return kExitOk;
  studies::Measurements m;
  m.study = study.id;
  if (!make_measurements(flags, planned, claims, estimate.seconds, jobs, interrupt, m)) {
    print_note("interrupted; go on with the same command");
    return kExitInterrupted;
  }
  const studies::ScaleFacts facts = study.facts(flags.scale);
  m.summary.scale = flags.scale.name;
  m.summary.network = facts.network;
  m.summary.seeds = facts.seeds;
  m.summary.machine = machine_description(jobs);
  m.summary.version = version();
  studies::Reproduction reproduction = studies::judge_measurements(m);
  m.summary.seconds = reproduction.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!flags.measurements.empty()) write_output(flags.measurements, json_text(studies::measurements_json(m), 1) + "\n");
  write_results(flags, reproduction);
  return m.summary.n_failed > 0 ? kExitFailed : kExitOk;
}

int run_reproduce(const ReproduceFlags& flags) {
  if (flags.list && flags.study.empty()) {
    print_studies();
    return kExitOk;
  }
  if (!flags.from_measurements.empty()) return judge_stored(flags);
  const studies::Study& study = named_study(flags.study);
  const std::vector<studies::Claim> claims = studies::choose_claims(study, flags.claims);
  if (flags.list) {
    for (const studies::Claim& claim : claims) print_out("{:<15} {}\n", claim.id, claim.statement);
    return kExitOk;
  }
  return run_study(flags, study, claims);
}

void add_reproduce_options(CLI::App& command, const std::shared_ptr<ReproduceFlags>& flags, Action& action) {
  command.add_option("CLAIM", flags->claims, "Claims by name (default: all; see --list)");
  CLI::Option* scale = command.add_option("--scale", flags->scale.name,
                                          "smoke (a minute), quick (ten minutes), standard (three hours, the verdicts "
                                          "of record) or full (the paper's own; days)");
  command.add_option("--output,-o", flags->page, "Write the page with verdicts and figures to this file");
  command.add_option("--json", flags->json, "Write all results as JSON to this file ('-': standard output)");
  CLI::Option* measurements = command.add_option("--measurements", flags->measurements,
                                                 "Write what was measured to this file, to be judged again");
  CLI::Option* jobs =
      command
          .add_option("--jobs,-j", flags->jobs, "Runs at a time (default: all cores); the results do not depend on it")
          ->check(CLI::Range(1, 1024));
  CLI::Option* seeds = command
                           .add_option("--seeds", flags->scale.seeds,
                                       "Seeds instead of the scale's own number; one seed decides nothing")
                           ->check(CLI::Range(1, 10000));
  CLI::Option* first_seed = command
                                .add_option("--first-seed", flags->scale.first_seed,
                                            "First seed instead of the scale's own, to look before verdicts are taken")
                                ->check(CLI::Range(0, 1000000000));
  CLI::Option* dry_run =
      command.add_flag("--dry-run", flags->dry_run, "Print runs, FLOP, time and disk of each claim, and train nothing");
  command
      .add_option("--from-measurements", flags->from_measurements, "Judge what --measurements wrote; trains nothing")
      ->excludes(scale)
      ->excludes(measurements)
      ->excludes(jobs)
      ->excludes(seeds)
      ->excludes(first_seed)
      ->excludes(dry_run);
  command.add_flag(
      "--mixed-arithmetic", flags->mixed_arithmetic,
      "Judge runs of several engines or versions of their arithmetic together, which is refused otherwise");
  command.add_flag("--quiet,-q", flags->quiet, "Print nothing but errors");
  flags->store.add_to(command);
  command.callback([flags, &action] { action = [flags] { return run_reproduce(*flags); }; });
}

}  // namespace

void add_reproduce(CLI::App& program, Action& action) {
  auto flags = std::make_shared<ReproduceFlags>();
  CLI::App* command = program.add_subcommand("reproduce", "Test the claims of a study, each with a verdict");
  command->add_option("STUDY", flags->study, "Which study (default: the only one; see --list)");
  command->add_flag("--list", flags->list, "Print the studies, or the claims of STUDY and what they say");
  add_reproduce_options(*command, flags, action);
}

void add_paper(CLI::App& program, Action& action) {
  auto flags = std::make_shared<ReproduceFlags>();
  flags->study = kPaperStudy;
  CLI::App* command =
      program.add_subcommand("paper", "Reproduce the claims of the circuit-efficiency paper, each with a verdict");
  command->add_flag("--list", flags->list, "Print the claims and what they say");
  add_reproduce_options(*command, flags, action);
}

}  // namespace groklab::cli
