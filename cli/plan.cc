// groklab plan
#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "groklab/base/join.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/shard.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/view/text.h"
#include "signals.h"
#include "terminal.h"
#include "work_option.h"

namespace groklab::cli {
namespace {

struct PlanFlags {
  WorkOption work;
  int nodes = 1, cores = 0, shards = 0;
  double hours = 1;
};

std::string hours_text(double seconds) {
  const double hours = seconds / 3600;
  return hours < 100 ? fmt::format("{:.3g}", hours) : format_count(std::llround(hours));
}

int plan(const PlanFlags& flags) {
  const std::atomic<bool>& interrupt = catch_interrupts();
  flags.work.check("plan");
  const SweepPlan runs = flags.work.plan(interrupt);
  const int cores = flags.cores > 0 ? flags.cores : ThreadPool::default_threads();
  const std::optional<SweepEstimate> estimate = estimate_sweep(runs, cores * flags.nodes, 2.0, &interrupt);
  if (!estimate) return kExitInterrupted;
  const ShardSchedule schedule = flags.shards > 0
                                     ? schedule_given_shards(runs, estimate->seconds, flags.nodes, cores, flags.shards)
                                     : schedule_shards(runs, estimate->seconds, flags.nodes, cores, flags.hours * 3600);
  print_out("{}\n", estimate_line(*estimate, cores * flags.nodes));
  print_out("core hours: {}, disk: {}\n", hours_text(estimate->core_seconds), format_bytes(estimate->bytes));
  print_out("shards: {}, the longest {} on a node of {} core{}\n", format_count(schedule.shards),
            format_duration(schedule.longest), cores, cores == 1 ? "" : "s");
  print_out("time: {} on {} node{}\n", format_duration(schedule.total), flags.nodes, flags.nodes == 1 ? "" : "s");
  print_out("each: groklab {} --shard I/{} --jobs {} --store DIR-I\n", join(flags.work.words(flags.work.grid), " "),
            schedule.shards, cores);
  print_out("then: groklab merge DIR-* -o DIR\n");
  return kExitOk;
}

}  // namespace

void add_plan(CLI::App& program, Action& action) {
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* command =
      program.add_subcommand("plan", "Print how a sweep or study is cut for many machines; trains nothing");
  flags->work.add_to(*command);
  command->add_option("--nodes", flags->nodes, "Machines (default: 1)")->check(CLI::Range(1, 100000));
  command->add_option("--cores", flags->cores, "Cores of each (default: this machine's)")->check(CLI::Range(1, 4096));
  command->add_option("--hours", flags->hours, "About how long a shard is to take (default: 1)")
      ->check(CLI::Range(0.001, 10000.0));
  command->add_option("--shards", flags->shards, "Instead of as many as --nodes and --hours ask for")
      ->check(CLI::Range(1, kMostShards));
  command->callback([flags, &action] { action = [flags] { return plan(*flags); }; });
}

}  // namespace groklab::cli
