// Sparse parity: drawing the hidden subset and the sampled rows.
#include "groklab/task/parity.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "groklab/base/error.h"
#include "groklab/base/random.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

constexpr std::int64_t kMaxBits = 62;          // 2^n fits a signed 64-bit integer
constexpr std::int64_t kMaxCompleteBits = 21;  // 2^21 <= kMaxRows < 2^22
static_assert((std::int64_t{1} << kMaxCompleteBits) <= kMaxRows);
static_assert((std::int64_t{2} << kMaxCompleteBits) > kMaxRows);

// The first k of a random order of the bits. The stream goes on to the sampled rows.
std::vector<std::int64_t> draw_subset(RandomStream& stream, std::int64_t n_bits, std::int64_t k) {
  std::vector<std::int64_t> bits = stream.permutation(n_bits);
  bits.resize(static_cast<std::size_t>(k));
  std::sort(bits.begin(), bits.end());
  return bits;
}

// Distinct numbers below n, each set equally likely (Floyd's method: no rejection however dense the sample is).
std::vector<std::uint64_t> draw_distinct(RandomStream& stream, std::uint64_t n, std::uint64_t count) {
  std::unordered_set<std::uint64_t> chosen;
  chosen.reserve(count);
  for (std::uint64_t last = n - count; last < n; ++last) {
    if (!chosen.insert(stream.next_below(last + 1)).second) chosen.insert(last);
  }
  std::vector<std::uint64_t> ascending(chosen.begin(), chosen.end());
  std::sort(ascending.begin(), ascending.end());
  return ascending;
}

void check_parity(const TaskConfig& config) {
  const std::int64_t n = config.parity_bits;
  if (n < 1 || n > kMaxBits) fail(ErrorKind::kConfig, "task.parity_bits: expected 1..{}, found {}", kMaxBits, n);
  if (config.parity_subset < 1 || config.parity_subset > n) {
    fail(ErrorKind::kConfig, "task.parity_subset: expected 1..{} (task.parity_bits), found {}", n,
         config.parity_subset);
  }
  if (config.parity_rows == 0 && n > kMaxCompleteBits) {
    fail(ErrorKind::kConfig,
         "task.parity_bits: expected 1..{} for a table of all rows (task.parity_rows samples some), found {}",
         kMaxCompleteBits, n);
  }
  const std::int64_t max_rows = std::min(kMaxRows, std::int64_t{1} << n);
  if (config.parity_rows < 0 || config.parity_rows > max_rows) {
    fail(ErrorKind::kConfig, "task.parity_rows: expected 0 (all rows) or 1..{}, found {}", max_rows,
         config.parity_rows);
  }
}

}  // namespace

std::vector<std::int64_t> parity_subset(std::int64_t n_bits, std::int64_t subset_size, std::int64_t seed) {
  RandomStream stream(static_cast<std::uint64_t>(seed), StreamPurpose::kParity);
  return draw_subset(stream, n_bits, subset_size);
}

Task make_parity_task(const TaskConfig& config, std::int64_t seed) {
  check_parity(config);
  const std::int64_t n = config.parity_bits;
  RandomStream stream(static_cast<std::uint64_t>(seed), StreamPurpose::kParity);
  const std::vector<std::int64_t> subset = draw_subset(stream, n, config.parity_subset);

  const auto n_all = std::uint64_t{1} << n;
  std::vector<std::uint64_t> numbers;
  if (config.parity_rows == 0) {
    numbers.resize(n_all);
    std::iota(numbers.begin(), numbers.end(), std::uint64_t{0});
  } else {
    numbers = draw_distinct(stream, n_all, static_cast<std::uint64_t>(config.parity_rows));
  }

  Task task;
  task.name = fmt::format("({}, {}) parity of bits", n, config.parity_subset);
  for (const std::int64_t i : subset) task.name += fmt::format("{}{}", i == subset.front() ? " " : ", ", i);
  task.n_rows = static_cast<std::int64_t>(numbers.size());
  task.n_inputs = n;
  task.n_symbols = 2;
  task.n_classes = 2;
  task.symbol_names = number_names(2);
  task.inputs.reserve(numbers.size() * static_cast<std::size_t>(n));
  task.labels.reserve(numbers.size());
  for (const std::uint64_t number : numbers) {
    const auto bit = [&](std::int64_t i) { return static_cast<std::int32_t>(number >> (n - 1 - i) & 1); };
    for (std::int64_t i = 0; i < n; ++i) task.inputs.push_back(bit(i));
    std::int32_t parity = 0;
    for (const std::int64_t i : subset) parity ^= bit(i);
    task.labels.push_back(parity);
  }
  return task;
}

}  // namespace groklab
