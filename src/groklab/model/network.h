// What every architecture offers to the engine: a forward and a backward pass on tiles of rows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "groklab/config.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/kernel/kernels.h"
#include "groklab/model/hidden_filter.h"
#include "groklab/model/parameters.h"
#include "groklab/task.h"
#include "groklab/tensor/buffer.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Upper bound of Network::tile_rows(), for arrays on the stack.
inline constexpr std::int64_t kMaxTileRows = 512;

/// One worker's memory for one tile. A network sizes it; only one thread uses it at a time.
template <typename T>
struct Scratch {
  AlignedBuffer<T> numbers;
  std::vector<std::int32_t> indices;
  std::vector<RowGroups> groups = {};
};

/// The use: prepare() once per parameter change; then forward() and backward() on tiles, concurrently with one scratch
/// per worker; accumulators are flat buffers that backward() adds to, one per chunk of rows; collect() sums the chunks
/// in their order and writes the gradient. Nothing here depends on the number of threads.
template <typename T>
class Network {
 public:
  virtual ~Network() = default;

  const ParameterLayout& layout() const { return layout_; }
  /// "precomputed tables" (and what it still forms of the residual stream), "general" or "embedding MLP".
  virtual const char* path_name() const = 0;
  /// Most rows of a tile.
  std::int64_t tile_rows() const { return tile_rows_; }
  virtual std::int64_t classes() const = 0;
  /// True if tiles are faster whose rows share operands (order_for_tiles).
  virtual bool reads_tables() const { return false; }
  virtual Scratch<T> make_scratch() const = 0;
  virtual std::int64_t accumulator_size() const = 0;
  /// FLOP of forward and backward on `rows` training rows: the products, a multiply-add counted as two.
  virtual double step_flop(std::int64_t rows) const = 0;

  /// Packs the weights and computes the tables. `parameters` must stay valid and unchanged until the next prepare().
  virtual void prepare(const T* parameters, ThreadPool& pool) = 0;
  /// Logits [rows.size(), classes()] of task rows, kept in the scratch with what backward() needs. `filters` change the
  /// hidden activations in training; nullptr: none.
  virtual PanelView<T> forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                               const HiddenFilters<T>* filters = nullptr) const = 0;
  /// Activations of the last hidden layer's neurons at the position that feeds the loss, [rows, neuron_count()], of the
  /// tile that forward() has just done.
  virtual PanelView<const T> neurons(Scratch<T>& scratch) const = 0;
  virtual std::int64_t neuron_count() const = 0;
  /// Adds the gradient of the tile that forward() has just done; the logits' view holds d loss / d logits. With
  /// `first`, matrices are overwritten instead, so that only clear_accumulator() is due before a chunk. `filters` as in
  /// forward().
  virtual void backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator, bool first,
                        const HiddenFilters<T>* filters = nullptr) const = 0;
  /// Zeroes the parts of an accumulator that the first tile does not overwrite.
  virtual void clear_accumulator(T* accumulator) const = 0;
  /// gradient (layout.total() elements) = sum of the chunks' accumulators, which are destroyed.
  virtual void collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) = 0;

 protected:
  ParameterLayout layout_;
  std::int64_t tile_rows_ = 0;
};

/// The sizes that config and task give together. Throws Error(kConfig) if they do not fit.
ModelSizes model_sizes(const ModelConfig& config, const Task& task);
/// Columns of the unembedding: model.d_vocab_out, or the task's classes. Throws Error(kConfig) if there are more.
std::int64_t class_count(const ModelConfig& config, const Task& task);

/// The tensors of a run's network, without building it.
ParameterLayout network_layout(const ModelConfig& config, const Task& task);

/// Builds the network. `step_rows`: training rows of a step, by which it chooses the form that needs the fewest
/// operations. Throws Error(kConfig) for shapes that cannot be.
template <typename T>
std::unique_ptr<Network<T>> make_network(const ResolvedConfig& config, const Task& task, std::int64_t step_rows,
                                         const Kernels<T>& kernels);

}  // namespace groklab
