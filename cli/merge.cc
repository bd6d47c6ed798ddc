// groklab merge
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/lab/run_lock.h"
#include "groklab/lab/run_removal.h"
#include "groklab/view/text.h"
#include "options.h"
#include "signals.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

struct MergeFlags {
  std::vector<std::string> sources;
  std::string destination;
  bool quiet = false;
};

/// "12 runs copied, 3 there already".
std::string summary_text(const MergeReport& report) {
  std::string text = fmt::format("{} run{} copied", format_count(report.copied), report.copied == 1 ? "" : "s");
  const auto count = [&](std::int64_t n, const char* what) {
    if (n > 0) text += fmt::format(", {} {}", format_count(n), what);
  };
  count(report.equal, "there already");
  count(report.renewed, "in the place of less finished ones");
  count(report.older, "less finished than what is there");
  count(static_cast<std::int64_t>(report.conflicts.size()), "not taken");
  return text;
}

/// Before anything is made: every source is a store, and none is the destination.
void check_sources(const MergeFlags& flags) {
  for (const std::string& source : flags.sources) {
    StoreOption{source}.open_existing();
    std::error_code error;
    if (std::filesystem::equivalent(source, flags.destination, error)) {
      fail(ErrorKind::kConfig, "merge: expected sources that are not the destination, found {}", source);
    }
  }
}

int merge(const MergeFlags& flags) {
  const std::atomic<bool>& interrupt = catch_interrupts();
  check_sources(flags);
  Store destination = StoreOption{flags.destination}.open();
  const StoreCareLock care(destination);
  const std::deque<RunLock> locks = lock_unended_runs(destination);
  MergeReport total;
  for (const std::string& source : flags.sources) {
    total += destination.merge(StoreOption{source}.open_existing(), &interrupt);
    if (total.interrupted) break;
  }
  for (const std::string& line : total.conflicts) print_error(line);
  if (total.copied > 0 && !total.interrupted && destination.loose_runs() > kManyRuns) destination.pack(&interrupt);
  if (!flags.quiet) print_out("{}\n", summary_text(total));
  if (total.interrupted) {
    print_note("interrupted; go on with the same command");
    return kExitInterrupted;
  }
  return total.conflicts.empty() ? kExitOk : kExitFailed;
}

}  // namespace

void add_merge(CLI::App& program, Action& action) {
  auto flags = std::make_shared<MergeFlags>();
  CLI::App* command = program.add_subcommand("merge", "Join stores that were filled apart, such as shards of a sweep");
  command->add_option("STORE", flags->sources, "Stores whose runs are copied; they stay as they are")->required();
  command->add_option("--output,-o", flags->destination, "The store that takes them; made if it is missing")
      ->required();
  command->add_flag("--quiet,-q", flags->quiet, "Print nothing but errors");
  command->callback([flags, &action] { action = [flags] { return merge(*flags); }; });
}

}  // namespace groklab::cli
