// groklab runs
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_text.h"

namespace groklab::cli {
namespace {

std::string table_of(const std::vector<RunInfo>& runs) {
  std::vector<std::vector<std::string>> rows = {
      {"RUN", "STATUS", "STEP", "TASK", "TRAIN ROWS", "SEED", "TRAIN", "TEST", "NORM", "TIME", "CREATED"}};
  for (const RunInfo& info : runs) {
    std::vector<std::string> row = {info.id, run_status_name(info.status), format_count(info.step),
                                    task_label(info.config)};
    row.push_back(info.last ? format_count(info.last->train.rows) : "-");
    row.push_back(fmt::format("{}", info.config.seed));
    row.push_back(info.last ? format_fraction(info.last->train.accuracy) : "-");
    row.push_back(info.last ? format_fraction(info.last->test.accuracy) : "-");
    row.push_back(info.last ? format_number(info.last->norm) : "-");
    row.push_back(format_duration(info.seconds));
    row.push_back(info.created);
    rows.push_back(std::move(row));
  }
  return align_columns(rows, "llrlrrrrrrl");
}

}  // namespace

void add_runs(CLI::App& program, Action& action) {
  struct Options {
    std::string where;
    bool json = false;
    StoreOption store;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("runs", "List the stored runs, newest first");
  command->add_option("--where", options->where,
                      "SQL condition over the view runs_view, e.g. \"status = 'finished' AND test_accuracy > 0.99\"");
  command->add_flag("--json", options->json, "As JSON, with the whole config of every run");
  options->store.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      const Store store = options->store.open_existing();
      const std::vector<RunInfo> runs = store.runs(options->where);
      if (options->json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const RunInfo& info : runs) list.push_back(run_to_json(info));
        write_output("", list.dump(2) + "\n");
      } else {
        write_output("", runs.empty() ? "no runs\n" : table_of(runs));
      }
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
