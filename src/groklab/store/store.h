// The run store: one SQLite file in WAL mode, with safetensors files beside it. Format: docs/formats/store.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/files/safetensors.h"
#include "groklab/record/record.h"
#include "groklab/store.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// What became of the runs of a store that was merged into another.
struct MergeReport {
  std::int64_t copied = 0;   ///< were not there before
  std::int64_t equal = 0;    ///< were there with the same records and the same last state
  std::int64_t renewed = 0;  ///< were there, but less far
  std::int64_t older = 0;    ///< were there, and further
  /// A line each: a run of the same id with other numbers, or one that cannot be read. Neither is taken.
  std::vector<std::string> conflicts;
  bool interrupted = false;

  MergeReport& operator+=(const MergeReport& other);
};

/// What runs take of a disk.
struct StoredSize {
  std::int64_t records = 0, states = 0;
  std::uintmax_t file_bytes = 0;  ///< of their folders
  std::uintmax_t row_bytes = 0;   ///< of their rows, about
};

/// What a store holds that nothing needs.
struct Garbage {
  struct File {
    std::filesystem::path file;  ///< or a folder with all in it
    std::string run;             ///< whose it may be; "" for nobody's
    std::uintmax_t bytes = 0;
  };
  struct State {
    std::string run;
    std::int64_t step = 0;
    std::filesystem::path file;
    std::uintmax_t bytes = 0;
  };
  std::vector<File> leftovers;           ///< what killed programs and removed runs left
  std::vector<File> inputs;              ///< copies of tables and row files that no run was made from
  std::vector<State> states;             ///< that `keep_last` gives up; they can be computed again
  std::vector<std::string> annotations;  ///< ids of runs that are gone
  std::uintmax_t database_bytes = 0;     ///< unused pages and the write-ahead log

  bool empty() const {
    return leftovers.empty() && inputs.empty() && states.empty() && annotations.empty() && database_bytes == 0;
  }
};

/// What tells whether a stored run has changed: equal marks of one number, equal rows.
struct RunMark {
  std::int64_t number = 0;  ///< of the row; a run that is trained anew gets another
  std::int64_t state = 0;   ///< of what may change in it, and of how far its records go while it is in training

  bool operator==(const RunMark&) const = default;
};

/// A run with its row's number.
struct NumberedRun {
  std::int64_t number = 0;
  RunInfo info;
  std::string fault;  ///< one line, and no info, if the row is damaged
};

/// Columns of records.
struct RecordTable {
  std::vector<std::int64_t> steps;
  std::vector<std::vector<double>> columns;  ///< as they were asked for, each as long as `steps`
};

/// Which records are asked for: those of a row behind a step.
struct RecordsAfter {
  std::int64_t number = 0;
  std::int64_t step = -1;
};

/// What a new index has, and what could not be found again.
struct RebuildReport {
  std::int64_t runs = 0, records = 0, probes = 0, states = 0;
  std::int64_t from_index = 0;      ///< runs that had no file of their own, or a damaged one, and the old index knew
  std::vector<std::string> lost;    ///< a line each
  std::filesystem::path old_index;  ///< where the old one lies; empty if there was none
};
/// Makes the database anew from the runs' own files and states. The old one, if there is one, takes part where a run
/// has no file, and stays beside it. The new one takes its place in one rename, so that a kill at any moment leaves one
/// of them. No run may be in training. Throws Error(kStore) if there is no store, Error(kIo).
RebuildReport rebuild_store(const std::filesystem::path& directory);

/// What was packed.
struct PackReport {
  std::int64_t runs = 0, files = 0, packs = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> damaged;  ///< a line for each run that was left where it is
  bool interrupted = false;
};
inline constexpr std::uint64_t kPackBytes = std::uint64_t{1} << 30;
inline constexpr std::int64_t kManyRuns = 10'000;  ///< with more loose ones merging packs

/// Opened read-write; a store that cannot be written is read as it stands. Safe to use from several processes: one
/// writes, others wait up to `wait_seconds` and then an Error(kStore) says that the store is locked. A store of an
/// older schema is brought up to date, one of a newer schema is refused with an Error(kStore).
class Store {
 public:
  /// Creates the directory and the schema if missing.
  explicit Store(const std::filesystem::path& directory, double wait_seconds = 10.0);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Full id of the run whose id starts with `name`, else of the run of that name; "last" is the newest. Throws
  /// Error(kStore): none, or several.
  std::string resolve(const std::string& name) const;
  bool contains(const std::string& id) const;
  RunInfo run(const std::string& id) const;
  /// All runs, newest first; `where` is a condition (run_condition.h; "" for all). A run whose row is
  /// damaged becomes a line in `damaged`; without it, it is an Error(kStore).
  std::vector<RunInfo> runs(const std::string& where = "", std::vector<std::string>* damaged = nullptr) const;
  /// The same one at a time, for stores with 100,000 runs. `visit` must not use this store.
  void visit_runs(const std::string& where, std::vector<std::string>* damaged,
                  const std::function<void(RunInfo)>& visit) const;
  std::vector<Record> records(const std::string& id) const;
  /// The same one at a time, for runs with millions of them. `visit` must not use this store.
  void visit_records(const std::string& id, const std::function<void(const Record&)>& visit) const;
  /// All records, or, of more than `points`, about so many: those of record_table's steps, checked as records() are.
  std::vector<Record> sampled_records(const std::string& id, std::size_t points) const;
  /// Columns of a run's records behind `after` by step, NaN where there is nothing. Of more than `points` about so
  /// many, half of them at equal distances of the step and half of its logarithm, the first and the last always. Checks
  /// no checksums. Throws Error(kConfig) for a name that is no column (metric_names).
  RecordTable record_table(const std::string& id, const std::vector<std::string>& columns, std::int64_t after,
                           std::size_t points) const;
  /// Probe results, by step.
  std::vector<ProbeResult> probes(const std::string& id) const;
  /// Adds results to those stored: what a new one holds replaces the same part of a stored one of its step.
  void add_probes(const std::string& id, const std::vector<ProbeResult>& results);
  std::vector<CheckpointInfo> checkpoints(const std::string& id) const;
  /// The state at `step` (-1: the last one). Throws Error(kStore) that lists the stored steps if it is missing.
  /// Throws Error(kInput) if the file is damaged.
  TrainState load_checkpoint(const std::string& id, std::int64_t step, const ParameterLayout& layout) const;

  /// The file of a checkpoint, checked. `step` -1: the last.
  TensorFile checkpoint_file(const std::string& id, std::int64_t step) const;

  /// Changes what is said of runs, of all or of none (annotation.h tells what the texts may be). Throws Error(kConfig)
  /// for a text that may not be, a name for several runs, or that another run has; Error(kStore) for a run that is not
  /// there or is to replace another.
  void annotate(const std::vector<std::string>& ids, const AnnotationChange& change);

  /// Registers a run (status running). If the store holds a run of that id with states, `replace` puts the new one
  /// beside it under the id ID-new until install(); without states the old one goes at once. Returns the new one's id.
  std::string create_run(const std::string& id, const Config& config, const std::string& machine,
                         const ParameterLayout& layout, bool replace, const std::string& instruction_set = "");
  /// Gives a run that was created to replace another that one's id, and removes the other. Returns the id, also of any
  /// other run. A sink does the same with an outcome that ends the run for good.
  std::string install(const std::string& id);
  /// Takes in what waited beside the database because another program held it when it was to be written.
  void take_in_waiting(const std::string& id);
  /// Adds an instruction set to those that computed the run.
  void add_instruction_set(const std::string& id, const std::string& name);
  /// A sink that writes to this run. Records are written in batches, flushed with every checkpoint and outcome and at
  /// least once a second. The store outlives it. Re-recording a step replaces the row.
  std::unique_ptr<RecordSink> sink(const std::string& id, const ParameterLayout& layout);

  /// Waits until the states and runs' files that this object wrote are on the disk. For the end of work that says that
  /// it succeeded: the object's own end does the same, but can tell nobody. Throws Error(kIo).
  void sync();

  /// For whoever follows what others do to the store (store_watch.cc). A number that is another one after any other
  /// connection changed anything: costs microseconds.
  std::int64_t change_counter() const;
  /// Of all runs, by number: some milliseconds for 10,000.
  std::vector<RunMark> marks() const;
  /// The runs of these numbers; what is gone meanwhile is left out.
  std::vector<NumberedRun> numbered_runs(const std::vector<std::int64_t>& numbers) const;
  /// Numbers of the runs that meet a condition (run_condition.h).
  std::vector<std::int64_t> numbers(const std::string& where) const;
  /// Records with their step, accuracies, test loss and norm alone, fast: no checksums are checked. visit(place in
  /// `runs`, record); it must not use this store.
  void visit_outlines(const std::vector<RecordsAfter>& runs,
                      const std::function<void(std::size_t, const Record&)>& visit) const;

  /// Reads everything that is stored and says in a line each what is wrong or waits: database, rows, states, inputs,
  /// files that nothing needs. Nothing: all is well.
  std::vector<std::string> verify() const;
  /// Takes out what cannot be read, so that the rest can be used: damaged rows go (a copy of the database as it was
  /// stays beside it), damaged states move to the folder `damaged`, a run that lost its last state can go on from the
  /// one before, leftovers are removed. Says in a line each what was done. No run may be in training.
  std::vector<std::string> repair();
  /// A copy of the whole store as it stands, also while runs train into it. Throws Error(kIo) if `destination` exists
  /// or cannot be written; it is whole or absent.
  void backup(const std::filesystem::path& destination) const;

  /// Moves the files of finished runs into few large ones, where they are read as before; runs of older versions get
  /// their own files first. Packs of which half is needed no more are written anew. Nothing is removed before what
  /// takes its place is on the disk; a second call goes on. Throws Error(kStore|kIo).
  PackReport pack(const std::atomic<bool>* interrupt = nullptr, std::uint64_t pack_bytes = kPackBytes);
  /// Runs that have a folder of their own: from some ten thousand on, file systems and copies get slow.
  std::int64_t loose_runs() const;

  /// Copies the runs of `source`: rows, states, inputs. A run that both hold is compared (times apart): the one that is
  /// further stays, and one of other numbers is never overwritten. A run is there as a whole or not at all, whatever
  /// ends the program, and a second call goes on. No run of this store may be in training. Throws Error(kStore|kIo) if
  /// this store cannot be written.
  MergeReport merge(const Store& source, const std::atomic<bool>* interrupt = nullptr);

  StoredSize size_of(const std::string& id) const;
  /// Runs that are forks of one of these, and none of these.
  std::vector<std::string> forks_of(const std::vector<std::string>& ids) const;
  /// Removes runs, all or none: their rows in one transaction, then their files, so that whatever ends the program
  /// leaves nothing but files that nothing needs. None of them may be in training. Throws Error(kStore) for a run that
  /// is not there or has a fork that would lose it.
  void remove_runs(const std::vector<std::string>& ids);

  /// Looks for what nothing needs. `keep_last` >= 1: of runs that are done also the states before their last so many,
  /// but those that forks start from; 0: no states.
  Garbage garbage(std::int64_t keep_last) const;
  /// Removes it, except what has come to be needed meanwhile; files after the rows that name them. None of the runs in
  /// it may be in training, and no merge may be under way.
  void remove_garbage(const Garbage& garbage);

  const std::filesystem::path& directory() const;
  /// Whether nothing can be stored here.
  bool is_read_only() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace groklab
