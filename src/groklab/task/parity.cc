// See parity.h: drawing the hidden subset and the sampled rows.
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

void check_parity(const Config& config) {
  const TaskConfig& task = config.task;
  if (task.parity_subset > task.parity_bits) {
    refuse(config, "task.parity_subset", fmt::format("at most task.parity_bits = {}", task.parity_bits));
  }
  if (task.parity_rows == 0 && task.parity_bits > kMaxCompleteBits) {
    refuse(config, "task.parity_rows",
           fmt::format("a number of rows to sample, because task.parity_bits = {} is above {}", task.parity_bits,
                       kMaxCompleteBits));
  }
  if (task.parity_rows > std::int64_t{1} << task.parity_bits) {
    refuse(config, "task.parity_rows",
           fmt::format("at most 2^{} = {} distinct rows", task.parity_bits, std::int64_t{1} << task.parity_bits));
  }
  if (task.labels == LabelKind::kRandomCommutative) {
    refuse(config, "task.labels", "true, random or corrupted for task.operation = parity, which has no x y and y x");
  }
  if (config.model.input_tokens == 4 && key_applies(config, "model.input_tokens")) {
    refuse(config, "model.input_tokens", "2 or 3 for task.operation = parity, which has no operation token");
  }
}

std::optional<TaskSize> parity_size(const TaskConfig& config) {
  const std::int64_t rows = config.parity_rows > 0 ? config.parity_rows : std::int64_t{1} << config.parity_bits;
  return TaskSize{2, 2, config.parity_bits, rows};
}

std::string parity_label(const TaskConfig& config) {
  return fmt::format("parity {} of {}", config.parity_subset, config.parity_bits);
}

Task build_parity(const TaskConfig& config) {
  const std::int64_t n = config.parity_bits;
  RandomStream stream(static_cast<std::uint64_t>(config.label_seed), StreamPurpose::kParity);
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

}  // namespace

std::vector<std::int64_t> parity_subset(std::int64_t n_bits, std::int64_t subset_size, std::int64_t seed) {
  RandomStream stream(static_cast<std::uint64_t>(seed), StreamPurpose::kParity);
  return draw_subset(stream, n_bits, subset_size);
}

const OperationDescriptor& parity_operation() {
  static const OperationDescriptor descriptor = {
      .spec = {.choice = "task.operation",
               .name = "parity",
               .meaning = "(n, k) sparse parity: the label is the sum modulo 2 of k hidden bits of n",
               .uses = {"task.parity_bits", "task.parity_subset", "task.parity_rows", "task.label_seed"},
               .check = check_parity,
               .task_size = parity_size,
               .task_label = parity_label},
      .build = build_parity,
      .is_binary = false};
  return descriptor;
}

}  // namespace groklab
