// groklab reproduce, and groklab paper as its short form for the one paper
#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/config/text_file.h"
#include "groklab/engine/machine.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/studies/kept.h"
#include "groklab/studies/look.h"
#include "groklab/studies/power.h"
#include "groklab/studies/protocol.h"
#include "groklab/studies/reproduction.h"
#include "groklab/sweep/run_plan.h"
#include "groklab/sweep/shard.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/version.h"
#include "groklab/view/text.h"
#include "options.h"
#include "reproduce_all.h"
#include "run_text.h"
#include "signals.h"
#include "sweep_view.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr const char* kPaperStudy = "varma2023";

struct ReproduceFlags {
  std::string study;  ///< "": the circuit-efficiency paper's
  std::vector<std::string> claims;
  studies::Scale scale;
  std::string page, json, measurements, from_measurements, shard, instruction_set;
  std::string archive, looks;          ///< folders of looks
  std::string all;                     ///< folder of all studies' measurements and pages
  std::string write_protocol, pilots;  ///< files: where to, and measurements of pilots
  int jobs = 0;
  bool dry_run = false, list = false, quiet = false, mixed_arithmetic = false, exploratory = false;
  StoreOption store;
};

/// The study that is meant. A claim in its place gets a line that shows the whole command.
const studies::Study& named_study(const std::string& id) {
  const std::vector<studies::Study>& all = studies::all_studies();
  if (id.empty()) return studies::find_study(kPaperStudy);
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

/// "2026-11-23", of the day in Greenwich.
std::string today() {
  const std::time_t now = std::time(nullptr);
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(now));
}

/// The looks of a folder, by the names of their files.
std::vector<studies::Look> read_looks(const std::string& folder) {
  std::set<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json") files.insert(entry.path());
  }
  if (error) fail(ErrorKind::kIo, "--looks {}: expected a folder of looks, found {}", folder, error.message());
  std::vector<studies::Look> looks;
  for (const auto& file : files) looks.push_back(studies::parse_look(read_text_file(file.string()), file.string()));
  return looks;
}

/// Of the folder that is named, else of what the store keeps of earlier verdict runs, if that is more than this one.
std::string looks_section(const ReproduceFlags& flags, const studies::Study& study) {
  if (!flags.looks.empty()) return studies::looks_section(study, read_looks(flags.looks));
  if (!flags.from_measurements.empty()) return "";
  std::vector<studies::Look> looks = studies::kept_looks(flags.store.open().directory());
  std::erase_if(looks, [&](const studies::Look& look) { return look.study != study.id; });
  return looks.size() < 2 ? "" : studies::looks_section(study, looks);
}

/// Before any run, and before stored measurements are judged: what is asked for is the locked protocol, or is called
/// exploratory.
void check_protocol(const ReproduceFlags& flags, const studies::ProtocolStanding& standing, const std::string& scale) {
  if (standing.difference.empty() || flags.exploratory) return;
  fail(ErrorKind::kConfig, "--scale {}: not the locked protocol, {}; --exploratory goes on and says so", scale,
       standing.difference);
}

/// Before the work whose look is kept there.
void make_archive(const std::string& folder) {
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error)
    fail(ErrorKind::kIo, "--archive {}: expected a folder that can be made, found {}", folder, error.message());
}

void archive_look(const ReproduceFlags& flags, const studies::Reproduction& reproduction) {
  if (flags.archive.empty()) return;
  const studies::Look look = studies::make_look(reproduction, today());
  const std::string file = (std::filesystem::path(flags.archive) / studies::look_file_name(look)).string();
  write_output(file, studies::look_text(look));
  if (!flags.quiet) print_out("look: {}\n", file);
}

/// What the present code would do, with the power that pilots give it if there are any; trains nothing.
int print_protocol(const ReproduceFlags& flags, const studies::Study& study,
                   const std::vector<studies::Claim>& claims) {
  studies::check_scale(study, flags.scale);
  studies::Json protocol = studies::make_protocol(study, flags.scale, claims);
  if (!flags.pilots.empty()) {
    const studies::Measurements m = studies::parse_measurements(read_text_file(flags.pilots), flags.pilots);
    const studies::PowerTable power = studies::power_of(studies::judge_measurements(m));
    protocol["power"] = studies::plain_to_json(power);
    if (!flags.quiet && flags.write_protocol != "-") print_out("{}", studies::power_text(power));
  }
  if (flags.write_protocol.empty()) return kExitOk;
  write_output(flags.write_protocol, studies::protocol_text(protocol));
  if (!flags.quiet && flags.write_protocol != "-") {
    print_out("protocol {}: {}\n", studies::protocol_hash(protocol), flags.write_protocol);
  }
  return kExitOk;
}

/// For the live page, and, of a run whose verdicts count, the look, so that none is lost for want of an option. No
/// error of a store that can only be read: the verdicts are printed all the same.
void keep_in_store(const ReproduceFlags& flags, const studies::Reproduction& reproduction) {
  try {
    const std::filesystem::path store = flags.store.open().directory();
    studies::keep_reproduction(store, reproduction);
    if (!reproduction.judged || reproduction.protocol.exploratory) return;
    const auto file = studies::keep_look(store, studies::make_look(reproduction, today()));
    if (file && !flags.quiet) print_out("look: {}\n", file->string());
  } catch (const Error& error) {
    print_note("the verdicts are not kept in the store: {}", error.what());
  }
}

void write_results(const ReproduceFlags& flags, const studies::Reproduction& reproduction) {
  if (!flags.json.empty()) write_output(flags.json, json_text(studies::reproduction_json(reproduction), 2) + "\n");
  if (!flags.page.empty()) {
    write_output(flags.page, studies::reproduction_page(reproduction, looks_section(flags, *reproduction.study)));
  }
  if (flags.quiet) return;
  print_out("{}{} runs in {}\n", studies::verdict_table(reproduction), format_count(reproduction.summary.n_runs),
            format_duration(reproduction.summary.seconds));
  if (!flags.page.empty() && flags.page != "-") print_out("page: {}\n", flags.page);
}

/// Trains what is missing and measures; nothing if interrupted.
std::optional<studies::Measurements> make_measurements(const ReproduceFlags& flags, const studies::Study& study,
                                                       const studies::PlannedClaims& planned,
                                                       const std::vector<studies::Claim>& claims,
                                                       const std::vector<double>& seconds, int jobs,
                                                       const std::atomic<bool>& interrupt) {
  const Store store = flags.store.open();
  const std::vector<PlannedResult> results =
      run_with_view(planned.plan, seconds, store, jobs, interrupt, flags.quiet, flags.instruction_set);
  if (std::any_of(results.begin(), results.end(), [](const auto& r) { return r.state == PlannedState::kPending; })) {
    return std::nullopt;
  }
  for (const std::string& line : failure_lines(planned.plan, results)) print_error(line);
  ThreadPool pool(jobs, Binding::kAll);
  return studies::measure_study(study, flags.scale, claims, planned, store, results, pool,
                                flags.mixed_arithmetic ? "" : "--mixed-arithmetic");
}

int judge_stored(const ReproduceFlags& flags) {
  const studies::Measurements m =
      studies::parse_measurements(read_text_file(flags.from_measurements), flags.from_measurements);
  if (!flags.study.empty() && named_study(flags.study).id != m.study) {
    fail(ErrorKind::kConfig, "{}: expected measurements of study {}, found {}", flags.from_measurements, flags.study,
         m.study);
  }
  studies::Reproduction reproduction = studies::judge_measurements(m, flags.claims);
  if (reproduction.judged) check_protocol(flags, reproduction.protocol, m.summary.scale);
  reproduction.protocol.exploratory = reproduction.protocol.exploratory || flags.exploratory;
  make_archive(flags.archive);
  archive_look(flags, reproduction);
  write_results(flags, reproduction);
  return kExitOk;
}

/// Trains what is missing of a shard and judges nothing.
int train_shard(const ReproduceFlags& flags, const studies::Study& study, const studies::PlannedClaims& planned,
                int jobs, const std::atomic<bool>& interrupt) {
  const Shard shard = parse_shard(flags.shard);
  const SweepPlan plan = shard_of(planned.plan, shard);
  const std::optional<SweepEstimate> estimate = estimate_sweep(plan, jobs, 2.0, &interrupt);
  if (!estimate) return kExitInterrupted;
  if (!flags.quiet) print_out("shard {}: {}\n", shard_text(shard), estimate_line(*estimate, jobs));
  if (flags.dry_run) return kExitOk;
  const Store store = flags.store.open();
  const std::vector<PlannedResult> results =
      run_with_view(plan, estimate->seconds, store, jobs, interrupt, flags.quiet, flags.instruction_set);
  const auto count = [&](auto&& is_so) { return std::count_if(results.begin(), results.end(), is_so); };
  for (const std::string& line : failure_lines(plan, results)) print_error(line);
  if (count([](const PlannedResult& r) { return r.state == PlannedState::kPending; }) > 0) {
    print_note("interrupted; go on with the same command");
    return kExitInterrupted;
  }
  if (!flags.quiet) {
    print_out(
        "{} runs are in the store; groklab merge joins all shards, and groklab reproduce {} --scale {} judges "
        "them\n",
        format_count(static_cast<std::int64_t>(results.size())), study.id, flags.scale.name);
  }
  return count([](const PlannedResult& r) { return r.state != PlannedState::kDone; }) > 0 ? kExitFailed : kExitOk;
}

int run_study(const ReproduceFlags& flags, const studies::Study& study, const std::vector<studies::Claim>& claims) {
  const std::atomic<bool>& interrupt = catch_interrupts();  // from the calibration on
  const auto start = std::chrono::steady_clock::now();
  studies::check_scale(study, flags.scale);
  const int jobs = flags.jobs > 0 ? flags.jobs : ThreadPool::default_threads();
  for (const std::string& file : {flags.page, flags.json, flags.measurements}) {
    if (!file.empty()) check_output_file(file);
  }
  if (!flags.looks.empty()) read_looks(flags.looks);
  make_archive(flags.archive);
  if (studies::judges(study, flags.scale.name) && !flags.dry_run) {
    check_protocol(flags,
                   studies::compare_with_locked(studies::find_locked_protocol(study, flags.scale.name),
                                                studies::make_protocol(study, flags.scale, claims)),
                   flags.scale.name);
  }
  const studies::PlannedClaims planned = studies::plan_claims(claims, flags.scale);
  if (!flags.shard.empty()) return train_shard(flags, study, planned, jobs, interrupt);
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
  if (const std::string expected = studies::expectation_text(study, flags.scale, claims);
      !expected.empty() && !flags.quiet) {
    print_out("{}\n", expected);
  }
  if (flags.dry_run) return kExitOk;
  std::optional<studies::Measurements> made =
      make_measurements(flags, study, planned, claims, estimate.seconds, jobs, interrupt);
  if (!made) {
    print_note("interrupted; go on with the same command");
    return kExitInterrupted;
  }
  studies::Measurements& m = *made;
  studies::Reproduction reproduction = studies::judge_measurements(m);
  reproduction.protocol.exploratory = reproduction.protocol.exploratory || flags.exploratory;
  m.summary.seconds = reproduction.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!flags.measurements.empty()) write_output(flags.measurements, json_text(studies::measurements_json(m), 1) + "\n");
  archive_look(flags, reproduction);
  keep_in_store(flags, reproduction);
  write_results(flags, reproduction);
  return m.summary.n_failed > 0 ? kExitFailed : kExitOk;
}

/// Judges one study by what is stored, training what is missing; nothing if interrupted.
std::optional<studies::Measurements> measure_one(const ReproduceFlags& flags, const studies::Study& study, int jobs,
                                                 const std::atomic<bool>& interrupt) {
  const auto start = std::chrono::steady_clock::now();
  check_protocol(flags,
                 studies::compare_with_locked(studies::find_locked_protocol(study, flags.scale.name),
                                              studies::make_protocol(study, flags.scale, study.claims)),
                 flags.scale.name);
  const studies::PlannedClaims planned = studies::plan_claims(study.claims, flags.scale);
  const std::optional<SweepEstimate> estimate = estimate_sweep(planned.plan, jobs, 2.0, &interrupt);
  if (!estimate) return std::nullopt;
  if (!flags.quiet) print_out("{}: {}\n", study.id, estimate_line(*estimate, jobs));
  std::optional<studies::Measurements> m =
      make_measurements(flags, study, planned, study.claims, estimate->seconds, jobs, interrupt);
  if (m) m->summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return m;
}

int run_all(const ReproduceFlags& flags) {
  if (!flags.study.empty() || !flags.claims.empty()) {
    fail(ErrorKind::kConfig, "--all: expected no STUDY, found {}", flags.study);
  }
  const std::atomic<bool>& interrupt = catch_interrupts();
  const int jobs = flags.jobs > 0 ? flags.jobs : ThreadPool::default_threads();
  AllStudies all{flags.all, flags.scale.name, flags.dry_run, flags.quiet, {}};
  if (!flags.looks.empty()) all.looks = read_looks(flags.looks);
  return reproduce_all(all, [&](const studies::Study& study) { return measure_one(flags, study, jobs, interrupt); });
}

int run_reproduce(const ReproduceFlags& flags) {
  if (!flags.all.empty()) return run_all(flags);
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
  if (!flags.write_protocol.empty() || !flags.pilots.empty()) return print_protocol(flags, study, claims);
  return run_study(flags, study, claims);
}

/// Where looks are kept and drawn from; the option that keeps them.
CLI::Option* add_look_options(CLI::App& command, ReproduceFlags& flags) {
  command.add_option("--looks", flags.looks,
                     "Draw the looks of this folder on the page (default: those that the store keeps)");
  return command.add_option("--archive", flags.archive,
                            "Keep this look at the claims as a small JSON file in this folder; the store "
                            "keeps those of verdict runs by itself");
}

void add_reproduce_options(CLI::App& command, const std::shared_ptr<ReproduceFlags>& flags, Action& action) {
  command.add_option("CLAIM", flags->claims, "Claims by name (default: all; see --list)");
  CLI::Option* scale = command.add_option("--scale", flags->scale.name,
                                          "smoke (a minute; judges nothing), quick (ten minutes), standard (two "
                                          "hours, the verdicts of record) or full (the paper's own; days)");
  CLI::Option* page =
      command.add_option("--output,-o", flags->page, "Write the page with verdicts and figures to this file");
  CLI::Option* json =
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
  CLI::Option* shard = command.add_option(
      "--shard", flags->shard, "I/N: train only the I-th of N parts of the plan, and judge nothing (see groklab plan)");
  CLI::Option* instruction_set = command.add_option("--isa", flags->instruction_set, kPinnedInstructionSet);
  command
      .add_option("--from-measurements", flags->from_measurements, "Judge what --measurements wrote; trains nothing")
      ->excludes(scale)
      ->excludes(measurements)
      ->excludes(jobs)
      ->excludes(seeds)
      ->excludes(first_seed)
      ->excludes(shard)
      ->excludes(instruction_set)
      ->excludes(dry_run);
  command.add_flag(
      "--mixed-arithmetic", flags->mixed_arithmetic,
      "Judge runs of several engines, versions of their arithmetic or instruction sets together, which is refused "
      "otherwise");
  command.add_flag("--exploratory", flags->exploratory,
                   "Judge by another protocol than the locked one; page, JSON and look say so");
  CLI::Option* archive = add_look_options(command, *flags);
  CLI::Option* protocol =
      command.add_option("--write-protocol", flags->write_protocol,
                         "Write sizes, seeds, tests and bounds to this file ('-': standard output); trains nothing");
  CLI::Option* power = command.add_option(
      "--power", flags->pilots,
      "Measurements of pilot runs: print how probable each test is confirmed with more seeds; trains nothing");
  for (CLI::Option* option : {page, json, archive, measurements, protocol, power}) shard->excludes(option);
  for (CLI::Option* option : {protocol, power}) option->excludes(measurements)->excludes(dry_run);
  command.add_flag("--quiet,-q", flags->quiet, "Print nothing but errors");
  flags->store.add_to(command);
  command.callback([flags, &action] { action = [flags] { return run_reproduce(*flags); }; });
}

}  // namespace

void add_reproduce(CLI::App& program, Action& action) {
  auto flags = std::make_shared<ReproduceFlags>();
  CLI::App* command = program.add_subcommand("reproduce", "Test the claims of a study, each with a verdict");
  command->add_option("STUDY", flags->study, "Which study (default: varma2023; see --list)");
  command->add_flag("--list", flags->list, "Print the studies, or the claims of STUDY and what they say");
  command->add_option(
      "--all", flags->all,
      "All studies at --scale, one table and page: judges the measurements in this folder, then --looks, "
      "trains what is missing, and writes index.html there; --dry-run trains nothing");
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
