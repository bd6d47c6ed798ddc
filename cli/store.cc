// groklab store verify, repair, backup
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/lab/run_lock.h"
#include "groklab/view/text.h"
#include "options.h"
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

}  // namespace

void add_store(CLI::App& program, Action& action) {
  struct Options {
    StoreOption store;
    std::string destination;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("store", "Look after a store: verify, repair, backup");
  command->require_subcommand(1);
  CLI::App* verify = command->add_subcommand("verify", "Read everything that is stored and check it; changes nothing");
  CLI::App* repair = command->add_subcommand("repair", "Take out what cannot be read, so that the rest can be used");
  CLI::App* backup = command->add_subcommand("backup", "Copy the store as it stands, also while runs train into it");
  backup->add_option("DIRECTORY", options->destination, "The new store; must not exist")->required();
  for (CLI::App* one : {verify, repair, backup}) options->store.add_to(*one);
  verify->callback([options, &action] { action = [options] { return verify_store(options->store); }; });
  repair->callback([options, &action] { action = [options] { return repair_store(options->store); }; });
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
