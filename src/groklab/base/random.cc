// Philox streams: key = seed, counter = (block, index, purpose).
#include "groklab/base/random.h"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "groklab/base/error.h"

namespace groklab {

std::array<std::uint32_t, 4> random_words(std::uint64_t seed, StreamPurpose purpose, std::uint32_t index,
                                          std::uint64_t block) {
  using Philox = r123::Philox4x32_R<10>;
  const Philox::ctr_type counter = {{static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), index,
                                     static_cast<std::uint32_t>(purpose)}};
  const Philox::key_type key = {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const auto words = Philox()(counter, key);
  return {words[0], words[1], words[2], words[3]};
}

RandomStream::RandomStream(std::uint64_t seed, StreamPurpose purpose, std::uint64_t index)
    : seed_(seed), purpose_(purpose), index_(static_cast<std::uint32_t>(index)) {
  require(index <= 0xffffffffu, "a random stream's index must fit 32 bits");
}

void RandomStream::refill() {
  buffer_ = random_words(seed_, purpose_, index_, block_++);
  used_ = 0;
}

std::uint32_t RandomStream::next_u32() {
  if (used_ == 4) refill();
  return buffer_[used_++];
}

std::uint64_t RandomStream::next_u64() {
  const std::uint64_t low = next_u32();
  return low | (static_cast<std::uint64_t>(next_u32()) << 32);
}

double RandomStream::next_uniform() {
  // 53 random bits, shifted by half a unit so that 0 and 1 never occur (log(0) in Box-Muller).
  return (static_cast<double>(next_u64() >> 11) + 0.5) * 0x1.0p-53;
}

double RandomStream::next_normal() {
  if (has_spare_normal_) {
    has_spare_normal_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log(next_uniform()));
  const double angle = 2.0 * std::numbers::pi * next_uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_normal_ = true;
  return radius * std::cos(angle);
}

std::uint64_t RandomStream::next_below(std::uint64_t n) {
  require(n >= 1, "next_below needs n >= 1");
  const std::uint64_t limit = ~std::uint64_t{0} - (~std::uint64_t{0} % n + 1) % n;  // last value of a whole cycle
  std::uint64_t value = next_u64();
  while (value > limit) value = next_u64();
  return value % n;
}

std::vector<std::int64_t> RandomStream::permutation(std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::int64_t i = n - 1; i > 0; --i) {
    const auto j = static_cast<std::size_t>(next_below(static_cast<std::uint64_t>(i) + 1));
    std::swap(order[static_cast<std::size_t>(i)], order[j]);
  }
  return order;
}

}  // namespace groklab
