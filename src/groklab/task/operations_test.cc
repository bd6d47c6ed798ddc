// Modular operations against values computed another way: powers for inverses, residues by repeated subtraction.
#include "groklab/task/operations.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>

#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TaskConfig modular(Operation operation, std::int64_t modulus) {
  TaskConfig config;
  config.operation = operation;
  config.modulus = modulus;
  return config;
}

std::int64_t mod(std::int64_t value, std::int64_t p) { return ((value % p) + p) % p; }

// By Fermat's little theorem, unlike the implementation.
std::int64_t inverse_by_power(std::int64_t y, std::int64_t p) {
  std::int64_t result = 1;
  for (std::int64_t i = 0; i < p - 2; ++i) result = result * y % p;
  return result;
}

using Formula = std::function<std::int64_t(std::int64_t x, std::int64_t y, std::int64_t p)>;

const std::map<Operation, Formula>& formulas() {
  static const std::map<Operation, Formula> map = {
      {Operation::kAdd, [](auto x, auto y, auto) { return x + y; }},
      {Operation::kSubtract, [](auto x, auto y, auto) { return x - y; }},
      {Operation::kMultiply, [](auto x, auto y, auto) { return x * y; }},
      {Operation::kDivide, [](auto x, auto y, auto p) { return x * inverse_by_power(y, p); }},
      {Operation::kDivideOrSubtract,
       [](auto x, auto y, auto p) { return y % 2 != 0 ? x * inverse_by_power(y, p) : x - y; }},
      {Operation::kSumOfSquares, [](auto x, auto y, auto) { return x * x + y * y; }},
      {Operation::kQuadratic, [](auto x, auto y, auto) { return x * x + x * y + y * y; }},
      {Operation::kQuadraticPlusX, [](auto x, auto y, auto) { return x * x + x * y + y * y + x; }},
      {Operation::kCubic, [](auto x, auto y, auto) { return x * x * x + x * y; }},
      {Operation::kCubicPlusY, [](auto x, auto y, auto) { return x * x * x + x * y * y + y; }},
  };
  return map;
}

TEST(Operations, EveryLabelFollowsItsFormula) {
  ASSERT_EQ(modular_operations().size(), formulas().size());
  for (const ModularOperation& entry : modular_operations()) {
    for (const std::int64_t p : {2, 3, 7, 12, 97, 113}) {
      if (entry.needs_prime && !is_prime(p)) continue;
      const Task task = task_of(modular(entry.operation, p), 0);
      const bool divides = entry.operation == Operation::kDivide;
      ASSERT_EQ(task.n_rows, divides ? p * (p - 1) : p * p) << entry.formula;
      ASSERT_EQ(task.labels.size(), static_cast<std::size_t>(task.n_rows));
      ASSERT_EQ(task.inputs.size(), 2 * task.labels.size());
      std::size_t row = 0;
      for (std::int64_t x = 0; x < p; ++x) {
        for (std::int64_t y = divides ? 1 : 0; y < p; ++y, ++row) {
          ASSERT_EQ(task.inputs[2 * row], x);
          ASSERT_EQ(task.inputs[2 * row + 1], y);
          ASSERT_EQ(task.labels[row], mod(formulas().at(entry.operation)(x, y, p), p))
              << entry.formula << " mod " << p << " at " << x << ", " << y;
        }
      }
      EXPECT_EQ(task.test_labels, task.labels);
    }
  }
}

TEST(Operations, DescribesItself) {
  const Task task = task_of(modular(Operation::kAdd, 113), 0);
  EXPECT_EQ(task.name, "x + y mod 113");
  EXPECT_EQ(task.n_rows, 12769);
  EXPECT_EQ(task.n_inputs, 2);
  EXPECT_EQ(task.n_symbols, 113);
  EXPECT_EQ(task.n_classes, 113);
  ASSERT_EQ(task.symbol_names.size(), 113u);
  EXPECT_EQ(task.symbol_names[112], "112");
}

TEST(Operations, OperationsDifferFromEachOther) {
  std::map<std::vector<std::int32_t>, const char*> seen;
  for (const ModularOperation& entry : modular_operations()) {
    const bool is_new = seen.emplace(task_of(modular(entry.operation, 7), 0).labels, entry.formula).second;
    EXPECT_TRUE(is_new) << entry.formula;
  }
}

TEST(Operations, DivisionNeedsAPrime) {
  for (const Operation operation : {Operation::kDivide, Operation::kDivideOrSubtract}) {
    expect_error(ErrorKind::kConfig, {"task.modulus = 112", "prime", "found 2 * 56"},
                 [&] { task_of(modular(operation, 112), 0); });
  }
  for (const auto& [operation, formula] : formulas()) {  // catches: a prime asked for where nothing is divided
    const bool divides = operation == Operation::kDivide || operation == Operation::kDivideOrSubtract;
    if (divides) continue;
    EXPECT_NO_THROW(task_of(modular(operation, 112), 0)) << static_cast<int>(operation);
  }
}

TEST(Operations, RefusesAModulusOutOfRange) {
  for (const std::int64_t p : {-5, 0, 1, 2001}) {
    expect_error(ErrorKind::kConfig, {"task.modulus", "[2, 2000]", fmt::format("found {}", p)},
                 [&] { task_of(modular(Operation::kAdd, p), 0); });
  }
  const Task largest = task_of(modular(Operation::kCubicPlusY, 2000), 0);  // no overflow at the largest values
  EXPECT_EQ(largest.labels.back(), mod(-1 - 1 - 1, 2000));
}

TEST(Operations, Primes) {
  std::vector<std::int64_t> primes;
  for (std::int64_t n = -3; n < 32; ++n) {
    if (is_prime(n)) primes.push_back(n);
  }
  EXPECT_EQ(primes, (std::vector<std::int64_t>{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31}));
}

// A sweep makes thousands of tasks. The limit leaves room for slow machines; typical is under 1 ms.
TEST(Operations, TableOf113IsQuick) {
  double best_ms = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    task_of(modular(Operation::kDivideOrSubtract, 113), 0);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    best_ms = std::min(best_ms, elapsed.count());
  }
  EXPECT_LT(best_ms, 10.0);
  RecordProperty("best_ms", std::to_string(best_ms));
}

}  // namespace
}  // namespace groklab
