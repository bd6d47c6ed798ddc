// The seam between the laboratory and the arithmetic: an engine holds one run's parameters and steps them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/optim/decay_term.h"
#include "groklab/optim/own_penalty.h"
#include "groklab/record/record.h"
#include "groklab/task.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// What a forward pass leaves for probes. Row-major.
struct Activations {
  std::vector<double> logits;   ///< [rows, logit_columns()]
  std::vector<double> neurons;  ///< [rows, neuron_count()]: last hidden layer, after the activation
};

/// Trains one run. Which rows a step takes (batch_order.h), the learning rate, the initial parameters and what a record
/// sums (group_sums.h) are the same for every engine. Not thread-safe; it uses the threads of its pool. Results do not
/// depend on their number.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual const ParameterLayout& layout() const = 0;
  virtual std::int64_t step() const = 0;
  /// "precomputed tables", "general" or "embedding MLP".
  virtual const char* path_name() const = 0;

  /// Draws the initial parameters from the config's seed and clears the optimiser; step becomes 0.
  virtual void initialise() = 0;
  /// Makes optimiser steps until step() == target. Returns false at the first step whose loss or update is not
  /// finite; step() is then that step and the state is unusable.
  virtual bool advance(std::int64_t target) = 0;
  /// Whose gradient joins that of the loss in every update from here on, after the configuration's penalties; empty:
  /// none. What it throws passes through advance(), which then stands between two updates.
  virtual void set_own_penalty(PenaltyFunction penalty) = 0;
  /// Evaluates all rows and fills a Record of the present state (seconds is left 0).
  virtual Record measure() = 0;

  /// What joins the training loss in the objective F at which a full-batch run comes to rest (optim/decay_term.h); NaN
  /// where none is known.
  virtual DecayTerm decay_term() const { return kNoDecayTerm; }

  virtual TrainState export_state() const = 0;
  /// Throws Error(kInput) if sizes or precision do not fit.
  virtual void import_state(const TrainState& state) = 0;
  /// Sets one tensor from values (row-major, spec.size of them), converted to the run's precision.
  virtual void set_tensor(const TensorSpec& spec, std::span<const double> values) = 0;
  virtual std::vector<double> tensor(const TensorSpec& spec) const = 0;

  /// Logits of the given rows, [rows.size(), logit_columns()] row-major.
  virtual std::vector<double> logits(std::span<const std::int64_t> rows) = 0;
  /// Logits and neurons of the given rows in one pass.
  virtual Activations activations(std::span<const std::int64_t> rows) = 0;
  /// Neurons of the last hidden layer.
  virtual std::int64_t neuron_count() const = 0;
  /// d_vocab_out.
  virtual std::int64_t logit_columns() const = 0;
  /// Loss and exact gradient on the training rows in the layout's order (for tests and probes).
  virtual double loss_and_gradient(std::vector<double>& gradient) = 0;
  /// Exact gradient of one logit of one row in the layout's order.
  virtual std::vector<double> logit_gradient(std::int64_t row, std::int64_t column) = 0;
  /// Floating-point operations of one training step (performance.md: products only, multiply and add counted apart).
  virtual double flop_per_step() const = 0;
};

/// Builds an engine, which keeps the task and the split; `pool` outlives it. `instruction_set` names one of the
/// kernels' instead of the machine's best (for tests and benchmarks). Throws Error(kConfig).
std::unique_ptr<Engine> make_engine(const ResolvedConfig& config, Task task, Split split, ThreadPool& pool,
                                    std::string_view instruction_set = "");

/// Name of the instruction set that the kernels use on this machine, e.g. "AVX-512", "AVX2", "SSE4".
const char* instruction_set_name();
/// Names of all that this machine has.
std::vector<std::string> instruction_sets();
/// Of any machine.
std::vector<std::string> all_instruction_sets();

}  // namespace groklab
