// See training.h.
#include "training.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "commands.h"
#include "groklab/analysis/event_times.h"
#include "groklab/base/error.h"
#include "groklab/lab/run_training.h"
#include "groklab/store/run_json.h"
#include "groklab/view/text.h"
#include "run_text.h"
#include "setting_notes.h"
#include "signals.h"
#include "terminal.h"
#include "training_view.h"

namespace groklab::cli {
namespace {

/// What of the records the end of a training tells; they themselves may be millions.
struct RecordSummary {
  EventRule rule;
  EventTimes times;
  std::optional<Record> last;
};

RecordSummary summary_of(const Store& store, const std::string& id) {
  RecordSummary summary;
  if (!store.contains(id)) return summary;
  const RunInfo info = store.run(id);
  summary.rule = event_rule(info.config);
  EventTimesFinder finder(summary.rule);
  store.visit_records(id, [&](const Record& record) { finder.add(record); });
  summary.times = finder.times();
  summary.last = info.last;
  return summary;
}

void print_summary(const std::string& id, const Outcome& outcome, const RecordSummary& summary,
                   const StoreOption& store) {
  print_out("run {} {} after {} step{} in {}\n", id, run_status_name(outcome.status), format_count(outcome.step),
            outcome.step == 1 ? "" : "s", format_duration(outcome.seconds));
  if (outcome.status == RunStatus::kStopped) print_out("  because {}\n", outcome.reason);
  if (summary.last) {
    const Record& last = *summary.last;
    print_out("  train accuracy {}, loss {}   test accuracy {}, loss {}   norm {}\n",
              format_fraction(last.train.accuracy), format_number(last.train.loss), format_fraction(last.test.accuracy),
              format_number(last.test.loss), format_number(last.norm));
    print_out("  {}", times_line(summary.times, summary.rule));
  }
  print_out("see it: groklab report {}{}\n", id, store.as_argument());
}

void print_json_outcome(const std::string& id, const TrainingResult& result, const RecordSummary& summary) {
  nlohmann::ordered_json json = {{"event", "outcome"},
                                 {"run", id},
                                 {"status", run_status_name(result.outcome.status)},
                                 {"step", result.outcome.step},
                                 {"reason", result.outcome.reason},
                                 {"seconds", result.outcome.seconds},
                                 {"was_done", result.was_done}};
  json.update(times_to_json(summary.times));
  if (summary.last) json["last"] = record_to_json(*summary.last);
  print_text(json_text(json) + "\n");
}

}  // namespace

void TrainingFlags::add_to(CLI::App& command) {
  store.add_to(command);
  threads.add_to(command, ". A step keeps as many busy as its batch has chunks (train.chunks)");
  CLI::Option* quiet_flag = command.add_flag("--quiet,-q", quiet, "Print nothing but errors");
  command
      .add_flag("--json", json, "Print one JSON object per evaluation step on standard output, and one for the outcome")
      ->excludes(quiet_flag);
  command.add_option("--isa", instruction_set,
                     "Instruction set, such as AVX2 (default: the machine's best; a run that goes on keeps its own)");
}

int train_and_summarise(const PreparedRun& run, Store& store, const TrainingFlags& flags,
                        const std::vector<std::string>& assignments) {
  for (const std::string& note : setting_notes(*run.config, assignments)) {
    if (!flags.quiet && !flags.json) print_note("{}", note);
  }
  ThreadPool pool(flags.threads.count(), Binding::kAll);
  const auto view = make_training_view(flags.json    ? ViewKind::kJson
                                       : flags.quiet ? ViewKind::kQuiet
                                                     : ViewKind::kAutomatic);
  TrainingOptions options;
  options.force = flags.force;
  options.instruction_set = flags.instruction_set;
  options.interrupt = &catch_interrupts();
  options.observer = view.get();
  const TrainingResult result = run_training(run, store, pool, options);
  store.sync();
  const Outcome& outcome = result.outcome;
  const bool is_stored = store.contains(result.id);
  const RecordSummary summary = flags.quiet ? RecordSummary{} : summary_of(store, result.id);
  if (flags.json) print_json_outcome(result.id, result, summary);
  if (outcome.status == RunStatus::kInterrupted) {
    if (!is_stored) {
      print_note("interrupted before the first step");
    } else {
      print_note("interrupted at step {}; checkpoint saved; go on with: groklab resume {}{}", outcome.step, result.id,
                 flags.store.as_argument());
    }
    return kExitInterrupted;
  }
  if (!flags.json && !flags.quiet) {
    if (result.was_done) print_out("run {} is in the store already; train it anew with --force\n", result.id);
    print_summary(result.id, outcome, summary, flags.store);
  }
  if (outcome.status == RunStatus::kDiverged) {
    print_error(fmt::format("run {} diverged at step {}", result.id, outcome.step));
    return kExitFailed;
  }
  return kExitOk;
}

}  // namespace groklab::cli
