// The permutation that PyTorch's CPU generator makes, so that published splits can be repeated.
#include <numeric>
#include <random>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/task.h"

namespace groklab {

std::vector<std::int64_t> torch_randperm(std::int64_t n, std::uint64_t seed) {
  // From this length on PyTorch draws 64-bit numbers in another order; no table is that large.
  constexpr std::int64_t kOtherAlgorithm = 0xffffffffll / 20;
  require(n >= 0 && n < kOtherAlgorithm, "torch_randperm needs 0 <= n < 2^32 / 20");
  std::mt19937 generator(static_cast<std::uint32_t>(seed));  // PyTorch seeds it with the low 32 bits
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::int64_t i = 0; i + 1 < n; ++i) {
    const std::int64_t z = static_cast<std::int64_t>(generator()) % (n - i);
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(i + z)]);
  }
  return order;
}

}  // namespace groklab
