/// \file
/// The run store: a directory in which runs, their records, probe results and checkpoints live. Format:
/// docs/formats/store.md. Component `store`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/probes.h"
#include "groklab/records.h"
#include "groklab/run.h"

namespace groklab {

/// What people say of a run; no part of its identity and of no result.
struct Annotation {
  std::string name;               ///< accepted wherever a run is named; empty: none
  std::vector<std::string> tags;  ///< in alphabetical order
  std::string note;               ///< one line
};

/// A change of an annotation; what is not named stays. See RunStore::annotate for what the texts may be.
struct AnnotationChange {
  std::optional<std::string> name = {};  ///< "" takes it away
  std::vector<std::string> tags = {};    ///< to add
  std::vector<std::string> untags = {};  ///< to take away
  std::optional<std::string> note = {};  ///< "" takes it away
};

/// One stored run without its records.
struct RunInfo {
  std::string id;                          ///< 12 hex digits
  Config config;                           ///< resolved
  RunStatus status = RunStatus::kRunning;  ///< how it stands
  std::string reason;                      ///< why it stopped, diverged or failed; else empty
  std::int64_t step = 0;                   ///< last step known to the store
  double seconds = 0;                      ///< of training
  std::string created;                     ///< UTC, ISO 8601
  std::string machine;                     ///< processor name, instruction set, threads
  std::string version;                     ///< groklab version that made it
  std::string engine;                      ///< whose arithmetic it comes from, e.g. "cpu/1"
  std::vector<std::string> tensor_names;   ///< order of Record::tensor_norms
  std::optional<Record> last;              ///< the last record, for listings
  std::string instruction_set;             ///< that computed it, "AVX-512"; "" if an old store does not tell
  std::string replaces;                    ///< id of the run whose place it takes when it is done; else empty
  Annotation annotation;                   ///< name, tags and note
};

/// One stored state.
struct CheckpointInfo {
  std::int64_t step = 0;       ///< updates done
  bool kept = false;           ///< for ever; the others are replaced by the next one
  std::filesystem::path file;  ///< safetensors, see docs/formats/weights.md
  std::uint64_t offset = 0;    ///< where in the file the state begins: not 0 in a pack, which holds many
  std::uint64_t size = 0;      ///< its bytes
};

/// What steers training into a store and is no part of a result.
struct StoreTrainingOptions {
  bool force = false;                                  ///< train anew; what is stored is replaced when that is done
  RunOptions run;                                      ///< threads
  double checkpoint_seconds = 30;                      ///< distance of the checkpoints that a killed run goes on from
  std::function<Next(const Record& record)> observer;  ///< called at evaluation steps; may be empty
  Run::Observer run_observer;  ///< the same with a look at the run; it may read it, and the run ends with the training
  Run::Progress progress;      ///< called about ten times a second; may be empty
};

/// What came of it.
struct StoreTrainingResult {
  std::string id;         ///< under which it is stored: ID-new if it was forced and is not done
  Outcome outcome;        ///< kInterrupted: the observer's wish; train again to go on
  bool was_done = false;  ///< the store already held the result; nothing was computed
};

class Store;

/// A store that is open for reading and writing. Several processes and several objects may use one directory: one
/// writes, others wait up to ten seconds. One thread uses an object at a time. Movable. Every method throws
/// Error(kStore) for a run that is not there, a locked store or one of a newer version, and Error(kIo) for the disk.
/// Where an id is asked for, a unique start of it, "last" or the run's name will do, in this order.
class RunStore {
 public:
  /// Creates the directory if it is missing.
  explicit RunStore(const std::filesystem::path& directory);
  RunStore(RunStore&& other) noexcept;             ///< takes the other's place
  RunStore& operator=(RunStore&& other) noexcept;  ///< closes this one and takes the other's place
  ~RunStore();

  /// Whether there is a run of this full id.
  bool contains(const std::string& id) const;
  /// The full id.
  std::string resolve(const std::string& id) const;
  /// All runs, newest first. One whose row is damaged becomes a line in `damaged`; without it, it is an Error(kStore).
  std::vector<RunInfo> runs(std::vector<std::string>* damaged = nullptr) const;
  /// One run.
  RunInfo run(const std::string& id) const;
  /// Its records, by step.
  std::vector<Record> records(const std::string& id) const;
  /// Its probe results, by step.
  std::vector<ProbeResult> probe_results(const std::string& id) const;
  /// Its stored states, by step.
  std::vector<CheckpointInfo> checkpoints(const std::string& id) const;

  /// Changes what is said of a run. A name has at most 80 bytes, differs from those of all other runs and is not made
  /// of hexadecimal digits alone, as ids are; a tag has at most 40 bytes of letters, digits and _-.:/+@; a run has at
  /// most 32 of them; a note has at most 2,000 bytes. Control characters are escaped. Throws Error(kConfig) for another
  /// text.
  void annotate(const std::string& id, const AnnotationChange& change);

  /// Trains a run of this configuration as `groklab train` does: goes on where a former training ended, and returns
  /// what is stored if it was done. A fork (config.fork) starts from its parent's stored state.
  StoreTrainingResult train(const Config& config, const StoreTrainingOptions& options = {});

  /// A stored run as a Run at `step`, with its records so far; -1: its last checkpoint. A state that is not stored is
  /// computed again from the nearest earlier one, to the same bits.
  Run load(const std::string& id, std::int64_t step = -1, const RunOptions& options = {}) const;
  /// Writes runs.parquet, records.parquet and probes.parquet into a directory, which is made if it is missing: all
  /// runs, or those of a condition (docs/formats/store.md). Returns a line for each run that cannot be read and was
  /// left out.
  std::vector<std::string> export_parquet(const std::filesystem::path& directory, const std::string& where = "") const;
  /// Stores a run as it stands: its records, probe results and present state. Only runs whose configuration says
  /// everything can be stored, since the store computes states again: Throws Error(kConfig) for own tables, training
  /// rows or weights, and Error(kStore) if the run is there already and not `replace`, or its fork parent is missing.
  void save(const Run& run, bool replace = false);

 private:
  friend struct RunStoreAccess;
  std::unique_ptr<Store> store_;
};

}  // namespace groklab
