// The run store: one SQLite file in WAL mode, with safetensors files beside it. Format: docs/formats/store.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/record/record.h"
#include "groklab/store.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Opened read-write. Safe to use from several processes: one writes, others wait up to `wait_seconds` and then an
/// Error(kStore) says that the store is locked. A store of an older schema is brought up to date, one of a newer schema
/// is refused with an Error(kStore).
class Store {
 public:
  /// Creates the directory and the schema if missing.
  explicit Store(const std::filesystem::path& directory, double wait_seconds = 10.0);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Full id of the run whose id starts with `prefix`; "last" is the newest. Throws Error(kStore): none, or several.
  std::string resolve(const std::string& prefix) const;
  bool contains(const std::string& id) const;
  RunInfo run(const std::string& id) const;
  /// All runs, newest first; `where` is an SQL condition over the `runs_view` view ("" for all).
  std::vector<RunInfo> runs(const std::string& where = "") const;
  std::vector<Record> records(const std::string& id) const;
  /// Probe results, by step.
  std::vector<ProbeResult> probes(const std::string& id) const;
  /// Adds results to those stored: what a new one holds replaces the same part of a stored one of its step.
  void add_probes(const std::string& id, const std::vector<ProbeResult>& results);
  std::vector<CheckpointInfo> checkpoints(const std::string& id) const;
  /// The state at `step` (-1: the last one). Throws Error(kStore) that lists the stored steps if it is missing.
  TrainState load_checkpoint(const std::string& id, std::int64_t step, const ParameterLayout& layout) const;

  /// Registers a run (status running), replacing any run of that id and its files if `replace`.
  void create_run(const std::string& id, const Config& config, const std::string& machine,
                  const ParameterLayout& layout, bool replace);
  /// A sink that writes to this run. Records are written in batches, flushed with every checkpoint and outcome and at
  /// least once a second. The store outlives it. Re-recording a step replaces the row.
  std::unique_ptr<RecordSink> sink(const std::string& id, const ParameterLayout& layout);

  const std::filesystem::path& directory() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace groklab
