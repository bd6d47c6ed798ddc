/// \file
/// One run: the owner of everything between a configuration and a trained network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/probes.h"
#include "groklab/records.h"
#include "groklab/task.h"

namespace groklab {

/// Name and shape of one tensor of a network. Names and shapes are those of TransformerLens (docs/formats/weights.md),
/// for example "blocks.0.attn.W_Q" with [heads, d_model, d_head].
struct TensorShape {
  std::string name;                 ///< unique within a network
  std::vector<std::int64_t> shape;  ///< extents, slowest first
  std::int64_t size = 0;            ///< elements: the product of the extents
};

/// A tensor with its values.
struct NamedTensor {
  std::string name;                 ///< as in TensorShape
  std::vector<std::int64_t> shape;  ///< extents, slowest first
  std::vector<double> values;       ///< row-major, as many as the product of the extents
};

/// What a safetensors file holds.
struct WeightFile {
  std::vector<NamedTensor> tensors;             ///< in the file's order
  std::map<std::string, std::string> metadata;  ///< "groklab.config" is the configuration of groklab's own exports
};

/// Reads a safetensors file with F64, F32, F16, BF16 or integer tensors, all given as double.
/// Throws Error(kInput): no such file, or what is wrong with it.
WeightFile read_weights(const std::string& path);
/// Writes tensors as F64 and the metadata; the file is whole or absent. Throws Error(kIo).
void write_weights(const std::string& path, const WeightFile& file);

/// How a run computes. Nothing here changes a result.
struct RunOptions {
  int threads = 1;            ///< 1..1024, the calling thread included; a step uses one per chunk (train.chunks)
  bool bind_threads = false;  ///< keep each thread on a core of its own, the calling one too while the run exists
};

/// What a caller may bring in place of what the configuration describes. Empty members come from the configuration.
struct RunParts {
  std::optional<Task> task;              ///< an own table (see task_of_operation); config.task is then not used
  std::vector<std::int64_t> train_rows;  ///< own training rows, 0..n_rows-1, each once; config.split is then not used
  std::vector<NamedTensor> weights;      ///< initial values of some or all tensors, in place of random ones
};

/// The loss on the training rows and its exact gradient.
struct LossGradient {
  double loss = 0;                    ///< mean over the training rows, as Record::train.loss
  std::vector<NamedTensor> gradient;  ///< d loss / d theta, without weight decay; one per tensor, in layout order
};

/// A run's training state: parameters, the optimiser's memory, step counts. The bytes are opaque, and good for the
/// machine and the version of groklab that made them.
struct RunState {
  std::int64_t step = 0;         ///< updates done
  std::vector<std::byte> bytes;  ///< read by Run::restore alone
};

/// The gradient of a penalty of the caller's own: d penalty / d theta of some or all tensors, names and shapes as in
/// `weights`, which holds all of them.
using PenaltyGradient = std::function<std::vector<NamedTensor>(const std::vector<NamedTensor>& weights)>;

/// What an observer wants.
enum class Next {
  kContinue,  ///< train on
  kStop       ///< stop here; training can go on later
};

/// A network with its task, split, optimiser and training loop. It owns all of it, can be moved, and refers to nothing
/// outside itself. A moved-from run can only be destroyed or assigned to. One thread uses a run at a time; runs are
/// independent of each other. Results are those of `groklab train` with the same configuration, bit for bit, whatever
/// the number of threads. The calling thread is left on the cores that it had unless RunOptions::bind_threads.
class Run {
 public:
  /// Called at every evaluation step, after its record: a look at the run (logits, weights, probes, state), and whether
  /// to go on. It may set weights; it must not train, restore or move the run. What it throws ends train() and passes
  /// through; the run can go on afterwards, and does this evaluation step again.
  using Observer = std::function<Next(Run& run, const Record& record)>;
  /// Called about ten times a second while steps are made, on the thread that trains: whether to go on. It must leave
  /// the run alone. kStop ends train() between two steps like the observer's wish; what it throws passes through.
  using Progress = std::function<Next(std::int64_t step)>;

  /// A run at step 0 with initial weights drawn from config.seed. The configuration is checked and resolved.
  /// Throws Error(kConfig|kInput): a bad key, value or table file; a fork, which needs fork() or a store.
  explicit Run(const Config& config, const RunOptions& options = {});
  /// The same with parts of the caller's own. Throws Error(kInput) for parts that do not fit.
  Run(const Config& config, RunParts parts, const RunOptions& options = {});
  /// A network with imported weights, at step 0. Layers, widths, heads, vocabulary, biases and LayerNorm are read from
  /// the tensors; what shapes cannot say (task, activation, ...) comes from `config`, else from the configuration in
  /// the metadata, else from the defaults. If nothing says how to split, every row is a training row.
  /// Throws Error(kInput): tensors that are missing, unknown or of another shape; a vocabulary that the task does not
  /// fit.
  static Run from_weights(const WeightFile& file, const std::optional<Config>& config = std::nullopt,
                          const RunOptions& options = {});

  Run(Run&& other) noexcept;             ///< takes the other run
  Run& operator=(Run&& other) noexcept;  ///< lets go of this run and takes the other
  ~Run();

  /// Trains to the end: config.train.steps, a stopping rule, divergence, or the observer's wish (status kStopped).
  /// A run that has ended returns its outcome at once.
  Outcome train(const Observer& observer = {}, const Progress& progress = {});
  /// Trains until `step` updates are done, or to an earlier end. Status kRunning: stopped at `step`, and can go on.
  /// Throws Error(kConfig) if the run is past `step`.
  Outcome train_to(std::int64_t step, const Observer& observer = {}, const Progress& progress = {});

  /// From here on the gradient of `penalty` joins that of the loss in every update, after those of the configuration's
  /// penalties and before the optimiser; empty: no more. It is called once for each gradient (once an update, twice
  /// with SAM) on the thread that trains, and must leave the run alone. Records show the loss without it, and NaN for
  /// the objective. What it throws, Error(kInput) for a gradient that does not fit included, ends train() between two
  /// updates and passes through; the run can go on. The configuration does not know of it: a run that has trained with
  /// one goes into no store, and a fork starts without.
  void set_penalty(PenaltyGradient penalty);

  /// Updates done.
  std::int64_t step() const;
  /// One per evaluation step so far, ascending. Valid until the run trains, is restored or moved.
  std::span<const Record> records() const;
  /// Probe results of train.probe_every so far, ascending. Valid as long as records().
  std::span<const ProbeResult> probe_results() const;
  /// How the run stands: kRunning before and between calls of train().
  const Outcome& outcome() const;

  /// The configuration, resolved: nothing in it is automatic.
  const Config& config() const;
  /// 12 hex digits, the name that the program gives to a run of this configuration. Own tables and training rows count
  /// by their contents; own initial weights do not.
  const std::string& id() const;
  /// The table of inputs and labels.
  const Task& task() const;
  /// Which rows train.
  const Split& split() const;

  /// Every tensor, in the order of Record::tensor_norms.
  std::vector<TensorShape> tensors() const;
  /// Values of one tensor, row-major. Throws Error(kInput) that lists the names if there is none of that name.
  std::vector<double> weights(std::string_view name) const;
  /// Replaces the values of one tensor, rounded to the run's precision. The optimiser's memory stays.
  /// Throws Error(kInput): no such tensor, another number of values.
  void set_weights(std::string_view name, std::span<const double> values);
  /// All tensors, for write_weights.
  std::vector<NamedTensor> all_weights() const;

  /// Columns of logits(): model.d_vocab_out, by default the task's classes.
  std::int64_t logit_columns() const;
  /// Logits of rows of the task, [rows.size(), logit_columns()], row-major. Throws Error(kInput) for a row that is not
  /// in 0..task().n_rows-1.
  std::vector<double> logits(std::span<const std::int64_t> rows);
  /// Evaluates all rows now; not added to records(). `seconds` is 0.
  Record measure();
  /// Loss and gradient on all training rows.
  LossGradient gradient();
  /// Probes of the present state (docs/probes.md names the sources). What the task has no structure for is left out of
  /// the result. Throws Error(kConfig) if the table is too large for probes.
  ProbeResult probe(const ProbeSet& set);

  /// The present state, to go back to.
  RunState state() const;
  /// Goes back, or on, to a state of this configuration; records of later steps are dropped. Training goes on from it
  /// to the same bits as the run it was taken from. Throws Error(kInput) for bytes of another run's shape, precision
  /// or optimiser.
  void restore(const RunState& state);

  /// A new run that starts, at its step 0, from the present weights and optimiser memory, with changes of the
  /// configuration, each "key=value" as in --set. A smaller split.train_size keeps some of the present training rows, a
  /// larger one all of them; rows left out become RowRole::kRemoved. "fork.reset_optimizer=true" forgets the
  /// optimiser's memory. Throws Error(kConfig): changes that the network's tensors or the optimiser's memory do not
  /// survive.
  Run fork(const std::vector<std::string>& changes) const;

 private:
  struct Impl;
  friend struct RunAccess;
  explicit Run(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace groklab
