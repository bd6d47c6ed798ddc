// AdamW, Adam with L2 in the loss, and SGD with momentum: state and step over the flat parameter buffer.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/config.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/kernel/kernels.h"
#include "groklab/tensor/buffer.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Learning rate of an update. `optimizer_step` (1-based, counts a fork's parent too) drives the warm-up;
/// `run_step` (1-based) of `total_steps` drives the cosine.
double learning_rate_at(const OptimConfig& config, std::int64_t optimizer_step, std::int64_t run_step,
                        std::int64_t total_steps);

/// True for each tensor whose name matches one of the comma-separated globs of optim.decay. Throws Error(kConfig) if a
/// glob matches no tensor.
std::vector<bool> decayed_tensors(const OptimConfig& config, const ParameterLayout& layout);

template <typename T>
class Optimizer {
 public:
  Optimizer(const OptimConfig& config, const ParameterLayout& layout, const Kernels<T>& kernels);

  void reset();
  /// One update at the given learning rate; `optimizer_step` is 1-based and drives the bias correction.
  /// Returns ||delta theta||^2 if wanted, else 0.
  double update(T* parameters, const T* gradient, double learning_rate, std::int64_t optimizer_step, bool want_norm,
                ThreadPool& pool);

  /// Adam m or the momentum buffer; size 0 if there is none.
  AlignedBuffer<T>& first_moment() { return first_; }
  const AlignedBuffer<T>& first_moment() const { return first_; }
  /// Adam v; size 0 if there is none.
  AlignedBuffer<T>& second_moment() { return second_; }
  const AlignedBuffer<T>& second_moment() const { return second_; }

 private:
  struct Block {
    std::int64_t at, size;
    bool decays;
  };
  OptimConfig config_;
  const Kernels<T>& kernels_;
  std::vector<Block> blocks_;
  std::vector<double> squares_;  ///< per block, summed in order
  AlignedBuffer<T> first_, second_;
};

}  // namespace groklab
