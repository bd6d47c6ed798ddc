// Which tensors a rule applies to, and the pieces in which threads share them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// True for each tensor whose name matches one of the comma-separated globs (* and ?), the value of `key`. Throws
/// Error(kConfig) that names the key if a glob matches no tensor.
std::vector<bool> chosen_tensors(std::string_view key, std::string_view globs, const ParameterLayout& layout);

/// The tensors that weight decay shrinks: optim.decay.
std::vector<bool> decayed_tensors(const OptimConfig& config, const ParameterLayout& layout);

/// A piece of one tensor: whole cache lines, the tensor's padding included.
struct TensorBlock {
  std::int64_t at, size;  ///< in the flat buffers
  std::size_t tensor;     ///< index in the layout
};

/// The chosen tensors in blocks of at most 16,384 numbers: four streams of 64 KB pass L2 once.
std::vector<TensorBlock> tensor_blocks(const ParameterLayout& layout, const std::vector<bool>& chosen);

/// Calls body(block) -> double for each block on the pool and returns the sum in the blocks' order.
template <class Body>
double sum_over_blocks(const std::vector<TensorBlock>& blocks, ThreadPool& pool, Body&& body) {
  std::vector<double> parts(blocks.size());
  pool.run(static_cast<std::int64_t>(blocks.size()), [&](std::int64_t index, int) {
    const auto i = static_cast<std::size_t>(index);
    parts[i] = body(blocks[i]);
  });
  double total = 0;
  for (const double part : parts) total += part;
  return total;
}

}  // namespace groklab
