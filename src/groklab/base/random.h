// Counter-based random streams (Philox 4x32-10): the same numbers on every machine and thread count.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace groklab {

/// What a stream is for. Values reach the disk through results: never renumber.
enum class StreamPurpose : std::uint32_t {
  kInit = 1,       ///< initial weights; `index` is the FNV-1a hash of the tensor's name
  kSplit = 2,      ///< permutation of the rows behind a split
  kLabels = 3,     ///< random or corrupted labels
  kBatch = 4,      ///< minibatch order; `index` is the epoch
  kParity = 5,     ///< the hidden subset and sampled rows of a parity task
  kBootstrap = 6,  ///< resampling in analyses
  kProbe = 7,      ///< samples and random functions of probes
  kDropout = 8,    ///< which neurons a step leaves out; `index` is the step
};

/// Block `block` of a stream: four uniform words, each block by itself. A stream's numbers are its blocks' in order.
std::array<std::uint32_t, 4> random_words(std::uint64_t seed, StreamPurpose purpose, std::uint32_t index,
                                          std::uint64_t block);

/// An independent stream of random numbers keyed by (seed, purpose, index). Copying it copies its position.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, StreamPurpose purpose, std::uint64_t index = 0);

  std::uint32_t next_u32();
  std::uint64_t next_u64();
  /// Uniform in (0, 1), 53 bits.
  double next_uniform();
  /// Standard normal (Box-Muller on two uniforms).
  double next_normal();
  /// Uniform integer in [0, n), unbiased (rejection). n >= 1.
  std::uint64_t next_below(std::uint64_t n);

  /// Uniform random permutation of 0..n-1 (Fisher-Yates from this stream).
  std::vector<std::int64_t> permutation(std::int64_t n);

 private:
  std::uint64_t seed_;
  StreamPurpose purpose_;
  std::uint32_t index_;
  std::uint64_t block_ = 0;
  std::array<std::uint32_t, 4> buffer_ = {};
  std::size_t used_ = 4;
  bool has_spare_normal_ = false;
  double spare_normal_ = 0.0;

  void refill();
};

}  // namespace groklab
