// groklab store verify, repair, backup, rebuild, pack
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/lab/run_lock.h"
#include "groklab/lab/run_removal.h"
#include "groklab/sweep/sweep_text.h"
#include "groklab/view/text.h"
#include "options.h"
#include "signals.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

int verify_store(const StoreOption& option) {
  const Store store = option.open_existing();
  const std::vector<std::string> faults = store.verify();
  for (const std::string& fault : faults) print_out("{}\n", fault);
  if (faults.empty()) {
    print_out("all of {} runs can be read\n", format_count(static_cast<std::int64_t>(store.runs().size())));
    return kExitOk;
  }
  print_error(fmt::format("{} found; groklab store repair{} takes out what cannot be read",
                          format_count(static_cast<std::int64_t>(faults.size())), option.as_argument()));
  return kExitFailed;
}

int repair_store(const StoreOption& option) {
  Store store = option.open_existing();
  const std::deque<RunLock> locks = lock_unended_runs(store);
  const std::vector<std::string> done = store.repair();
  for (const std::string& line : done) print_out("{}\n", line);
  if (done.empty()) print_out("nothing to repair\n");
  return kExitOk;
}

int rebuild(const StoreOption& option) {
  const std::filesystem::path directory = option.path();
  const std::deque<RunLock> locks = lock_all_runs(directory);
  const RebuildReport report = rebuild_store(directory);
  for (const std::string& line : report.lost) print_out("{}\n", line);
  print_out("{} runs, {} records, {} probe results, {} states came back\n", format_count(report.runs),
            format_count(report.records), format_count(report.probes), format_count(report.states));
  if (report.from_index > 0) {
    print_out("{} of the runs had no whole file of their own; the old index had their rows\n",
              format_count(report.from_index));
  }
  if (!report.old_index.empty()) print_out("the index as it was: {}\n", report.old_index.string());
  if (report.lost.empty()) return kExitOk;
  print_error(report.lost.size() == 1 ? report.lost[0]
                                      : fmt::format("{} parts of the store did not come back", report.lost.size()));
  return kExitFailed;
}

int pack_store(const StoreOption& option) {
  const std::atomic<bool>& interrupt = catch_interrupts();
  Store store = option.open_existing();
  const StoreCareLock care(store);
  const PackReport report = store.pack(&interrupt);
  print_damaged(report.damaged);
  print_out("{} files of {} runs, {}, in {} new pack{}\n", format_count(report.files), format_count(report.runs),
            format_bytes(static_cast<double>(report.bytes)), report.packs, report.packs == 1 ? "" : "s");
  if (report.interrupted) {
    print_note("interrupted; go on with the same command");
    return kExitInterrupted;
  }
  return report.damaged.empty() ? kExitOk : kExitFailed;
}

}  // namespace

void add_store(CLI::App& program, Action& action) {
  struct Options {
    StoreOption store;
    std::string destination;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("store", "Look after a store: verify, repair, backup, rebuild, pack");
  command->require_subcommand(1);
  CLI::App* verify = command->add_subcommand("verify", "Read everything that is stored and check it; changes nothing");
  CLI::App* repair = command->add_subcommand("repair", "Take out what cannot be read, so that the rest can be used");
  CLI::App* backup = command->add_subcommand("backup", "Copy the store as it stands, also while runs train into it");
  backup->add_option("DIRECTORY", options->destination, "The new store; must not exist")->required();
  CLI::App* anew = command->add_subcommand("rebuild", "Make the database anew from the runs' own files");
  CLI::App* pack = command->add_subcommand("pack", "Move the files of finished runs into few large ones");
  for (CLI::App* one : {verify, repair, backup, anew, pack}) options->store.add_to(*one);
  verify->callback([options, &action] { action = [options] { return verify_store(options->store); }; });
  repair->callback([options, &action] { action = [options] { return repair_store(options->store); }; });
  pack->callback([options, &action] { action = [options] { return pack_store(options->store); }; });
  anew->callback([options, &action] { action = [options] { return rebuild(options->store); }; });
  backup->callback([options, &action] {
    action = [options] {
      const Store store = options->store.open_existing();
      store.backup(options->destination);
      print_out("{}\n", options->destination);
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
