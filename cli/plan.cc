// groklab plan
#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "groklab/config/grid.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/studies/reproduction.h"
#include "groklab/studies/study.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/shard.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/view/text.h"
#include "options.h"
#include "signals.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

struct PlanFlags {
  std::string file, study, scale;
  int nodes = 1, cores = 0;
  double hours = 1;
};

SweepPlan read_plan(const PlanFlags& flags, const std::atomic<bool>& interrupt) {
  if (flags.study.empty()) return expand_grid(read_grid_file(flags.file), &interrupt);
  const studies::Study& study = studies::find_study(flags.study);
  studies::Scale scale;
  scale.name = flags.scale;
  studies::check_scale(study, scale);
  return studies::plan_claims(study.claims, scale).plan;
}

int plan(const PlanFlags& flags) {
  const std::atomic<bool>& interrupt = catch_interrupts();
  if (flags.file.empty() == flags.study.empty()) {
    fail(ErrorKind::kConfig, "plan: expected a grid file or --study, found {}",
         flags.file.empty() ? "neither" : "both");
  }
  const SweepPlan runs = read_plan(flags, interrupt);
  const int cores = flags.cores > 0 ? flags.cores : ThreadPool::default_threads();
  const std::optional<SweepEstimate> estimate = estimate_sweep(runs, cores * flags.nodes, 2.0, &interrupt);
  if (!estimate) return kExitInterrupted;
  const ShardSchedule schedule = schedule_shards(runs, estimate->seconds, flags.nodes, cores, flags.hours * 3600);
  print_out("{}\n", estimate_line(*estimate, cores * flags.nodes));
  print_out("core hours: {:.3g}\n", estimate->core_seconds / 3600);
  print_out("shards: {}, the longest {} on a node of {} core{}\n", format_count(schedule.shards),
            format_duration(schedule.longest), cores, cores == 1 ? "" : "s");
  print_out("time: {} on {} node{}\n", format_duration(schedule.total), flags.nodes, flags.nodes == 1 ? "" : "s");
  const std::string what =
      flags.study.empty() ? "sweep " + flags.file : fmt::format("reproduce {} --scale {}", flags.study, flags.scale);
  print_out("each: groklab {} --shard I/{} --jobs {} --store DIR-I\n", what, schedule.shards, cores);
  print_out("then: groklab merge DIR-* -o DIR\n");
  return kExitOk;
}

}  // namespace

void add_plan(CLI::App& program, Action& action) {
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* command =
      program.add_subcommand("plan", "Print how a sweep or study is cut for many machines; trains nothing");
  command->add_option("GRID", flags->file, "TOML file of a sweep");
  command->add_option("--study", flags->study, "A study in the place of a sweep");
  command->add_option("--scale", flags->scale, "Of the study (default: full)")->default_val("full");
  command->add_option("--nodes", flags->nodes, "Machines (default: 1)")->check(CLI::Range(1, 100000));
  command->add_option("--cores", flags->cores, "Cores of each (default: this machine's)")->check(CLI::Range(1, 4096));
  command->add_option("--hours", flags->hours, "About how long a shard is to take (default: 1)")
      ->check(CLI::Range(0.001, 10000.0));
  command->callback([flags, &action] { action = [flags] { return plan(*flags); }; });
}

}  // namespace groklab::cli
