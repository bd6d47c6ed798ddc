// The engine on the processor's vector units; see engine.h for the interface.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "groklab/engine/batch_order.h"
#include "groklab/engine/chunks.h"
#include "groklab/engine/engine.h"
#include "groklab/engine/group_sums.h"
#include "groklab/kernel/kernels.h"
#include "groklab/model/hidden_filter.h"
#include "groklab/model/loss.h"
#include "groklab/model/network.h"
#include "groklab/optim/stepper.h"

namespace groklab {

/// Rows are cut into chunks (engine/chunks.h), whose number depends on the config alone, and chunks into tiles. A
/// chunk's tiles add to the chunk's accumulator one after another; chunks are summed in their order. So the bits do not
/// depend on how many threads share the chunks.
template <typename T>
class CpuEngine final : public Engine {
 public:
  CpuEngine(const ResolvedConfig& config, Task task, Split split, ThreadPool& pool, const Kernels<T>& kernels);

  const ParameterLayout& layout() const override { return network_->layout(); }
  std::int64_t step() const override { return step_; }
  const char* path_name() const override { return network_->path_name(); }
  void initialise() override;
  bool advance(std::int64_t target) override;
  void set_own_penalty(PenaltyFunction penalty) override;
  Record measure() override;
  DecayTerm decay_term() const override { return stepper_.decay_term(parameters_.data()); }
  TrainState export_state() const override;
  void import_state(const TrainState& state) override;
  void set_tensor(const TensorSpec& spec, std::span<const double> values) override;
  std::vector<double> tensor(const TensorSpec& spec) const override;
  std::vector<double> logits(std::span<const std::int64_t> rows) override;
  Activations activations(std::span<const std::int64_t> rows) override;
  std::int64_t neuron_count() const override { return network_->neuron_count(); }
  std::vector<double> logit_gradient(std::int64_t row, std::int64_t column) override;
  std::int64_t logit_columns() const override { return network_->classes(); }
  double loss_and_gradient(std::vector<double>& gradient) override;
  double flop_per_step() const override;

 private:
  void ensure_prepared();
  void ensure_scratch();
  const BatchTiles& tiles_of(std::int64_t rows);
  /// `rows` in the order in which the network's tiles take them.
  std::span<const std::int64_t> ordered(std::span<const std::int64_t> rows);
  /// The gradient of the mean loss over `rows`; `filters` may be null. Returns false if a loss is not finite.
  bool compute_gradient(std::span<const std::int64_t> rows, T* gradient, const HiddenFilters<T>* filters);
  /// The same at other parameters, into other_gradient_.
  bool compute_gradient_at(const T* parameters, std::span<const std::int64_t> rows, const HiddenFilters<T>* filters);
  RoleSums sums_over_rows();
  /// With a temperature other than 1, loss and collapse of the rows are those of the divided logits, which `logits`
  /// then holds.
  void take_tempered_losses(RowStatistics* statistics, PanelView<T> logits, const std::int32_t* labels,
                            std::int64_t rows) const;
  /// Logits of `rows`, and the neurons if asked for; an empty vector otherwise.
  Activations forward_all(std::span<const std::int64_t> rows, bool with_neurons);

  const Config config_;
  const Task task_;
  const Split split_;
  BatchOrder batches_;
  ThreadPool& pool_;
  const Kernels<T>& kernels_;
  std::unique_ptr<Network<T>> network_;
  const LossKernels<T> loss_;
  HiddenFilters<T> filters_;
  Stepper<T> stepper_;
  AlignedBuffer<T> parameters_, gradient_;
  AlignedBuffer<T> other_gradient_;  ///< of optimisers that ask for a second one
  std::vector<AlignedBuffer<T>> accumulators_;
  std::vector<Scratch<T>> scratch_;  ///< one per worker
  BatchTiles tiles_;                 ///< of the last number of rows
  std::vector<std::int64_t> ordered_train_, ordered_batch_;
  bool prepared_ = false;

  std::int64_t step_ = 0, optimizer_step_ = 0;
  double last_gradient_norm_ = 0, last_update_norm_ = 0, last_learning_rate_ = 0;
};

}  // namespace groklab
