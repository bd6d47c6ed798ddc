// groklab show
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/analysis/event_times.h"
#include "groklab/base/join.h"
#include "groklab/config.h"
#include "groklab/config/engine_identity.h"
#include "groklab/record/task_label.h"
#include "groklab/store/run_engines.h"
#include "groklab/store/run_json.h"
#include "groklab/view/sparkline.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_text.h"

namespace groklab::cli {
namespace {

constexpr std::size_t kCurveWidth = 60;

/// The keys that differ from their defaults: the canonical text without its first line, the identity version.
std::string changed_keys(const Config& config) {
  std::istringstream lines(canonical_config(resolve_config(config)));
  std::string line, text;
  std::getline(lines, line);
  while (std::getline(lines, line)) text += "  " + line + "\n";
  return text.empty() ? "  all defaults\n" : text;
}

/// What of a run's records is shown; they themselves may be millions.
struct RecordCurves {
  explicit RecordCurves(const EventRule& rule) : times(rule) {}

  EventTimesFinder times;
  std::vector<double> steps, train, test;  ///< accuracies

  void add(const Record& record) {
    times.add(record);
    steps.push_back(static_cast<double>(record.step));
    train.push_back(record.train.accuracy);
    test.push_back(record.test.accuracy);
  }
  std::string curve(const std::vector<double>& values) const {
    return sparkline(resample_log_steps(steps, values, kCurveWidth), 0.0, 1.0);
  }
};

std::string group_row(const char* name, const GroupMetrics& group) {
  if (group.rows == 0) return "";
  return fmt::format("  {:<12} {:>8} rows  accuracy {:>6}  loss {:<10} margin {:<8} least margin {}\n", name,
                     format_count(group.rows), format_fraction(group.accuracy), format_number(group.loss),
                     format_number(group.margin), format_number(group.margin_min));
}

std::string show_text(const RunInfo& info, const RecordCurves& curves, const std::vector<CheckpointInfo>& checkpoints) {
  std::string text = fmt::format("run {}: {}\n", info.id, task_label(info.config));
  text += annotation_lines(info.annotation);
  text += fmt::format("status: {} at step {} of {}, {}{}\n", run_status_name(info.status), format_count(info.step),
                      format_count(info.config.train.steps), format_duration(info.seconds),
                      info.reason.empty() ? "" : " (" + info.reason + ")");
  const std::string note = arithmetic_note(info.engine, engine_identity());
  text += fmt::format("made: {} on {}, groklab {}{}\n", info.created, info.machine, info.version,
                      note.empty() ? "" : ", " + note);
  if (info.instruction_set.find('+') != std::string::npos) {
    text += fmt::format("  with {}: no uninterrupted run has its last bits\n", info.instruction_set);
  }
  text += "config, where not default:\n" + changed_keys(info.config);
  if (info.last) {
    const Record& last = *info.last;
    text += fmt::format("last evaluation step, {}: norm {}, gradient {}, update {}{}\n", format_count(last.step),
                        format_number(last.norm), format_number(last.gradient_norm), format_number(last.update_norm),
                        std::isnan(last.objective) ? "" : ", objective " + format_number(last.objective));
    text += group_row("train", last.train) + group_row("test", last.test);
    if (last.removed.rows > 0) {  // otherwise never seen is the same as test
      text += group_row("- removed", last.removed) + group_row("- never seen", last.never_seen);
    }
    text += times_line(curves.times.times(), event_rule(info.config));
    text += fmt::format("train accuracy  {}\n", curves.curve(curves.train));
    text += fmt::format("test accuracy   {}  (0 to 1, log steps)\n", curves.curve(curves.test));
  }
  std::vector<std::string> steps;
  for (const CheckpointInfo& checkpoint : checkpoints) {
    steps.push_back(format_count(checkpoint.step) + (checkpoint.kept ? "" : " (until the next)"));
  }
  text += fmt::format("checkpoints: {}\n", steps.empty() ? "none" : join(steps, ", "));
  return text;
}

std::string show_json(const RunInfo& info, const RecordCurves& curves, const std::vector<CheckpointInfo>& checkpoints) {
  nlohmann::ordered_json json = run_to_json(info);
  json.update(times_to_json(curves.times.times()));
  json["checkpoints"] = nlohmann::ordered_json::array();
  for (const CheckpointInfo& checkpoint : checkpoints) {
    json["checkpoints"].push_back({{"step", checkpoint.step},
                                   {"kept", checkpoint.kept},
                                   {"file", checkpoint.file.string()},
                                   {"offset", checkpoint.offset},
                                   {"size", checkpoint.size}});
  }
  return json_text(json, 2) + "\n";
}

}  // namespace

void add_show(CLI::App& program, Action& action) {
  struct Options {
    std::string run;
    bool json = false;
    StoreOption store;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("show", "Show one run: config, outcome, last evaluation step, curves, checkpoints");
  command->add_option("RUN", options->run, "Run id, a unique start of one, or 'last'")->required();
  command->add_flag("--json", options->json, "As JSON");
  options->store.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      const Store store = options->store.open_existing();
      const std::string id = store.resolve(options->run);
      const auto text = options->json ? show_json : show_text;
      const RunInfo info = store.run(id);
      RecordCurves curves(event_rule(info.config));
      store.visit_records(id, [&](const Record& record) { curves.add(record); });
      write_text(text(info, curves, store.checkpoints(id)));
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
