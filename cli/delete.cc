// groklab delete, groklab gc
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/lab/run_removal.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_choice.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr std::size_t kMostNamed = 12;

std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", format_count(static_cast<std::int64_t>(count)), what, count == 1 ? "" : "s");
}

std::string bytes_text(std::uintmax_t bytes) { return format_bytes(static_cast<double>(bytes)); }

std::string named(std::vector<std::string> ids) {
  const bool more = ids.size() > kMostNamed;
  if (more) ids.resize(kMostNamed);
  return join(ids, ", ") + (more ? ", ..." : "");
}

struct DeleteOptions {
  RunChoice choice;
  bool dry_run = false, with_forks = false;
  StoreOption store;
};

int delete_runs(const DeleteOptions& options) {
  Store store = options.store.open_existing();
  const std::vector<std::string> ids = options.choice.ids(store, "delete", NoRuns::kAllowed);
  if (ids.empty()) {
    print_out("no runs\n");
    return kExitOk;
  }
  const Removal removal = plan_removal(store, ids, options.with_forks);
  print_out("{}{}: {}, {}, {} of files, about {} of the database\n  {}\n",
            options.dry_run ? "would delete " : "deleting ", counted(removal.ids.size(), "run"),
            counted(static_cast<std::size_t>(removal.size.records), "record"),
            counted(static_cast<std::size_t>(removal.size.states), "state"), bytes_text(removal.size.file_bytes),
            bytes_text(removal.size.row_bytes), named(removal.ids));
  if (!options.dry_run) {
    remove_runs(store, removal);
    print_out("deleted; groklab gc{} gives the database's space back to the disk\n", options.store.as_argument());
  }
  return kExitOk;
}

struct GcOptions {
  std::int64_t keep_last = 0;
  bool dry_run = false;
  StoreOption store;
};

std::uintmax_t bytes_of(const std::vector<Garbage::File>& files) {
  std::uintmax_t bytes = 0;
  for (const Garbage::File& file : files) bytes += file.bytes;
  return bytes;
}

/// A line for each kind of thing.
std::string garbage_text(const Garbage& garbage) {
  std::string text;
  const auto line = [&](std::size_t count, const char* what, std::uintmax_t bytes, const char* why) {
    if (count > 0) text += fmt::format("{}, {}: {}\n", counted(count, what), bytes_text(bytes), why);
  };
  line(garbage.leftovers.size(), "leftover", bytes_of(garbage.leftovers), "what killed programs and deleted runs left");
  line(garbage.inputs.size(), "input", bytes_of(garbage.inputs), "tables and row files of no run");
  std::uintmax_t states = 0;
  for (const Garbage::State& state : garbage.states) states += state.bytes;
  line(garbage.states.size(), "state", states, "before the last ones of their runs; they can be computed again");
  line(garbage.annotations.size(), "annotation", 0, "of runs that are gone");
  if (garbage.database_bytes > 0) {
    text += fmt::format("database, {}: unused pages and its write-ahead log\n", bytes_text(garbage.database_bytes));
  }
  return text;
}

int collect(const GcOptions& options) {
  Store store = options.store.open_existing();
  const StoreCareLock lock(store);
  std::vector<std::string> busy;
  const Garbage garbage = find_garbage(store, options.keep_last, busy);
  if (!busy.empty())
    print_note("{} in training or unreadable, left alone: {}", counted(busy.size(), "run"), named(busy));
  if (garbage.empty()) {
    print_out("nothing to free\n");
    return kExitOk;
  }
  print_out("{}", garbage_text(garbage));
  if (options.dry_run) return kExitOk;
  remove_garbage(store, garbage);
  print_out("freed\n");
  return kExitOk;
}

}  // namespace

void add_delete(CLI::App& program, Action& action) {
  auto options = std::make_shared<DeleteOptions>();
  CLI::App* command =
      program.add_subcommand("delete", "Delete runs with all records and states, after saying what goes");
  options->choice.add_to(*command);
  command->add_flag("--dry-run", options->dry_run, "Say what would go, and delete nothing");
  command->add_flag("--with-forks", options->with_forks, "Delete the forks of these runs too, and forks of forks");
  options->store.add_to(*command);
  command->callback([options, &action] { action = [options] { return delete_runs(*options); }; });
}

void add_gc(CLI::App& program, Action& action) {
  auto options = std::make_shared<GcOptions>();
  CLI::App* command = program.add_subcommand("gc", "Free what nothing in the store needs, after saying what that is");
  command
      ->add_option("--keep-last", options->keep_last,
                   "Of runs that are done keep so many states and those that forks start from (default: keep all)")
      ->check(CLI::Range(1, 1000000));
  command->add_flag("--dry-run", options->dry_run, "Say what would be freed, and free nothing");
  options->store.add_to(*command);
  command->callback([options, &action] { action = [options] { return collect(*options); }; });
}

}  // namespace groklab::cli
