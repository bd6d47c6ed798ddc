// groklab cluster submit, status, collect, cancel
#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "child.h"
#include "commands.h"
#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/base/printable.h"
#include "groklab/cluster/job.h"
#include "groklab/cluster/slurm.h"
#include "groklab/config/text_file.h"
#include "groklab/lab/run_lock.h"
#include "groklab/lab/run_removal.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/shard.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/view/text.h"
#include "options.h"
#include "signals.h"
#include "terminal.h"
#include "work_option.h"

namespace groklab::cli {
namespace {

namespace fs = std::filesystem;

struct ClusterFlags {
  WorkOption work;
  std::string settings, folder, store;
  int shards = 0, nodes = 1;
  double hours = 1;
};

/// The answer of a scheduler's program. Throws Error(kConfig) with its own words if it fails.
std::string answer_of(const std::vector<std::string>& arguments) {
  ChildResult result = run_child(arguments);
  if (result.code != 0) {
    fail(ErrorKind::kConfig, "{}: exit code {}: {}", arguments[0], result.code, printable_line(result.output, 300));
  }
  return std::move(result.output);
}

std::map<int, bool> queued_shards(const ClusterJob& job) { return parse_squeue(answer_of(squeue_arguments(job))); }

std::string this_program() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? "groklab" : program.string();
}

/// How many shards: as asked for, or as `groklab plan` says for these nodes and hours, by a calibration here.
int number_of_shards(const ClusterFlags& flags, const ClusterSettings& settings, const std::atomic<bool>& interrupt) {
  if (flags.shards > 0) return flags.shards;
  const SweepPlan plan = flags.work.plan(interrupt);
  const int cores = static_cast<int>(settings.cores);
  const std::optional<SweepEstimate> estimate = estimate_sweep(plan, cores, 2.0, &interrupt);
  if (!estimate) return 0;
  print_out("{}\n", estimate_line(*estimate, cores));
  return schedule_shards(plan, estimate->seconds, flags.nodes, cores, flags.hours * 3600).shards;
}

/// What is to be done in which folder. One that has been submitted keeps its number of shards: they are the names of
/// its stores.
ClusterJob wanted_job(const ClusterFlags& flags, const ClusterSettings& settings, const std::string& grid,
                      const std::atomic<bool>& interrupt) {
  ClusterJob job;
  job.folder = fs::absolute(flags.folder).lexically_normal();
  job.what = flags.work.words("grid.toml");
  job.grid_digest = flags.work.study.empty() ? digest_of(grid) : "";
  std::error_code none;
  const bool is_there = fs::exists(job.folder / "job.json", none);
  job.shards =
      is_there && flags.shards == 0 ? read_job(job.folder).shards : number_of_shards(flags, settings, interrupt);
  return job;
}

struct QueuedArray {
  std::size_t shards = 0;
  std::string refusal;  ///< what the scheduler said when it took no more; "": it took all
};

/// Queues the array, in ever smaller pieces where a limit refuses it as a whole.
QueuedArray queue_array(const ClusterJob& job, const SlurmArray& array) {
  QueuedArray queued;
  std::size_t size = array.indices.size();
  while (queued.shards < array.indices.size()) {
    size = std::min(size, array.indices.size() - queued.shards);
    const auto first = array.indices.begin() + static_cast<std::ptrdiff_t>(queued.shards);
    try {
      const std::string id =
          answer_of(sbatch_arguments(job, {array.before, {first, first + static_cast<std::ptrdiff_t>(size)}}));
      print_out("job {}: {} shard{}\n", id.substr(0, id.find_first_of(";\n")), size, size == 1 ? "" : "s");
      queued.shards += size;
    } catch (const Error& error) {
      if (size == 1) {
        queued.refusal = error.what();
        return queued;
      }
      size /= 2;
    }
  }
  return queued;
}

int submit(const ClusterFlags& flags) {
  const std::atomic<bool>& interrupt = catch_interrupts();
  flags.work.check("cluster submit");
  ClusterSettings settings;
  if (!flags.settings.empty()) settings = parse_cluster_settings(read_text_file(flags.settings), flags.settings);
  if (settings.program.empty()) settings.program = this_program();
  const std::string grid = flags.work.study.empty() ? read_text_file(flags.work.grid) : "";
  const JobLock lock(flags.folder);
  const ClusterJob job = wanted_job(flags, settings, grid, interrupt);
  if (interrupt.load()) return kExitInterrupted;
  if (!write_job(job, grid, slurm_script(job, settings)) && !flags.settings.empty()) {
    print_note("{}: kept, though {} would make another; remove it to have it made anew",
               (fs::path(flags.folder) / "array.sh").string(), flags.settings);
  }
  std::vector<ShardState> states = shard_states(job, queued_shards(job));
  std::vector<int> shards = shards_in(states, ShardState::kLeft);
  for (const int shard : shards_in(states, ShardState::kFailed)) shards.push_back(shard);
  std::sort(shards.begin(), shards.end());
  if (shards.empty()) {
    print_out("all of {} shards are done or in the queue\n", job.shards);
    return kExitOk;
  }
  const int most = max_array_size(answer_of({"scontrol", "show", "config"}));
  std::size_t queued = 0;
  for (const SlurmArray& array : slurm_arrays(shards, most)) {
    const QueuedArray taken = queue_array(job, array);
    queued += taken.shards;
    if (taken.refusal.empty()) continue;
    print_error(taken.refusal);
    if (queued > 0) print_note("{} of {} shards are queued; submit again for the rest", queued, shards.size());
    return kExitFailed;
  }
  print_out("then: groklab cluster status {}\n", flags.folder);
  return kExitOk;
}

int status(const ClusterFlags& flags) {
  const ClusterJob job = read_job(flags.folder);
  const std::vector<ShardState> states = shard_states(job, queued_shards(job));
  const auto line = [&](const char* name, ShardState state) {
    const std::vector<int> shards = shards_in(states, state);
    if (!shards.empty()) print_out("{:<8} {:>6}  {}\n", name, shards.size(), array_text(shards));
  };
  line("done", ShardState::kDone);
  line("running", ShardState::kRunning);
  line("waiting", ShardState::kWaiting);
  line("failed", ShardState::kFailed);
  line("left", ShardState::kLeft);
  const bool all_done = shards_in(states, ShardState::kDone).size() == states.size();
  if (all_done) print_out("then: groklab cluster collect {} --store DIR\n", flags.folder);
  return shards_in(states, ShardState::kFailed).empty() ? kExitOk : kExitFailed;
}

int collect(const ClusterFlags& flags) {
  const std::atomic<bool>& interrupt = catch_interrupts();
  const ClusterJob job = read_job(flags.folder);
  Store store = StoreOption{flags.store}.open();
  const std::vector<ShardState> states = shard_states(job, {});
  const StoreCareLock care(store);
  const std::deque<RunLock> locks = lock_unended_runs(store);
  MergeReport total;
  for (const int shard : shards_in(states, ShardState::kDone)) {
    total += store.merge(StoreOption{shard_store(job, shard).string()}.open_existing(), &interrupt);
    if (total.interrupted) {
      print_note("interrupted; go on with the same command");
      return kExitInterrupted;
    }
  }
  for (const std::string& line : total.conflicts) print_error(line);
  if (total.copied > 0 && store.loose_runs() > kManyRuns) store.pack(&interrupt);
  const std::size_t done = shards_in(states, ShardState::kDone).size();
  print_out("{} runs copied from {} of {} shards\n", format_count(total.copied + total.renewed), done, job.shards);
  if (done < states.size()) print_note("{} shards are not done; collect again when they are", states.size() - done);
  return total.conflicts.empty() ? kExitOk : kExitFailed;
}

int cancel(const ClusterFlags& flags) {
  const ClusterJob job = read_job(flags.folder);
  answer_of({"scancel", "--me", "--name=" + job_name(job)});
  print_out("cancelled; what was trained stays, and submit goes on with it\n");
  return kExitOk;
}

}  // namespace

void add_cluster(CLI::App& program, Action& action) {
  auto flags = std::make_shared<ClusterFlags>();
  CLI::App* command = program.add_subcommand("cluster", "Train a sweep or study on a Slurm cluster");
  command->require_subcommand(1);
  CLI::App* submit_it = command->add_subcommand("submit", "Queue all shards that are neither done nor queued");
  CLI::App* status_of = command->add_subcommand("status", "Print which shards are done, running, waiting, failed");
  CLI::App* collect_it = command->add_subcommand("collect", "Merge the stores of all shards that are done");
  CLI::App* cancel_it = command->add_subcommand("cancel", "Take all shards out of the queue");
  flags->work.add_to(*submit_it);
  submit_it->add_option("--settings", flags->settings, "TOML file: account, partition, time, cores, modules, ...");
  submit_it->add_option("--folder,-o", flags->folder, "Folder of the job (default: groklab-cluster)")
      ->default_val("groklab-cluster");
  submit_it->add_option("--shards", flags->shards, "Instead of shards of about --hours each")
      ->check(CLI::Range(1, kMostShards));
  submit_it->add_option("--nodes", flags->nodes, "Nodes that train at a time: at least as many shards (default: 1)")
      ->check(CLI::Range(1, 100000));
  submit_it->add_option("--hours", flags->hours, "About how long a shard is to take (default: 1)")
      ->check(CLI::Range(0.001, 10000.0));
  for (CLI::App* one : {status_of, collect_it, cancel_it}) {
    one->add_option("FOLDER", flags->folder, "Folder of the job")->required();
  }
  collect_it->add_option("--store", flags->store, "The store that takes the runs; made if it is missing")->required();
  submit_it->callback([flags, &action] { action = [flags] { return submit(*flags); }; });
  status_of->callback([flags, &action] { action = [flags] { return status(*flags); }; });
  collect_it->callback([flags, &action] { action = [flags] { return collect(*flags); }; });
  cancel_it->callback([flags, &action] { action = [flags] { return cancel(*flags); }; });
}

}  // namespace groklab::cli
