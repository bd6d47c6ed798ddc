// Modular operations against values computed another way: powers for inverses, residues by repeated subtraction.
#include "groklab/task/modular.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>

#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TaskConfig modular(const std::string& operation, std::int64_t modulus) {
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

const std::map<std::string, Formula>& formulas() {
  static const std::map<std::string, Formula> map = {
      {"add", [](auto x, auto y, auto) { return x + y; }},
      {"subtract", [](auto x, auto y, auto) { return x - y; }},
      {"multiply", [](auto x, auto y, auto) { return x * y; }},
      {"divide", [](auto x, auto y, auto p) { return x * inverse_by_power(y, p); }},
      {"divide_or_subtract", [](auto x, auto y, auto p) { return y % 2 != 0 ? x * inverse_by_power(y, p) : x - y; }},
      {"sum_of_squares", [](auto x, auto y, auto) { return x * x + y * y; }},
      {"quadratic", [](auto x, auto y, auto) { return x * x + x * y + y * y; }},
      {"quadratic_plus_x", [](auto x, auto y, auto) { return x * x + x * y + y * y + x; }},
      {"cubic", [](auto x, auto y, auto) { return x * x * x + x * y; }},
      {"cubic_plus_y", [](auto x, auto y, auto) { return x * x * x + x * y * y + y; }},
  };
  return map;
}

TEST(ModularOperations, EveryLabelFollowsItsFormula) {
  ASSERT_EQ(modular_operations().size(), formulas().size());
  for (const ModularOperation& entry : modular_operations()) {
    for (const std::int64_t p : {2, 3, 7, 12, 97, 113}) {
      if (entry.needs_prime && !is_prime(p)) continue;
      const Task task = task_of(modular(entry.name, p), 0);
      const bool divides = std::string(entry.name) == "divide";
      ASSERT_EQ(task.n_rows, divides ? p * (p - 1) : p * p) << entry.formula;
      ASSERT_EQ(task.labels.size(), static_cast<std::size_t>(task.n_rows));
      ASSERT_EQ(task.inputs.size(), 2 * task.labels.size());
      std::size_t row = 0;
      for (std::int64_t x = 0; x < p; ++x) {
        for (std::int64_t y = divides ? 1 : 0; y < p; ++y, ++row) {
          ASSERT_EQ(task.inputs[2 * row], x);
          ASSERT_EQ(task.inputs[2 * row + 1], y);
          ASSERT_EQ(task.labels[row], mod(formulas().at(entry.name)(x, y, p), p))
              << entry.formula << " mod " << p << " at " << x << ", " << y;
        }
      }
      EXPECT_EQ(task.test_labels, task.labels);
    }
  }
}

TEST(ModularOperations, DescribesItself) {
  const Task task = task_of(modular("add", 113), 0);
  EXPECT_EQ(task.name, "x + y mod 113");
  EXPECT_EQ(task.n_rows, 12769);
  EXPECT_EQ(task.n_inputs, 2);
  EXPECT_EQ(task.n_symbols, 113);
  EXPECT_EQ(task.n_classes, 113);
  ASSERT_EQ(task.symbol_names.size(), 113u);
  EXPECT_EQ(task.symbol_names[112], "112");
}

TEST(ModularOperations, OperationsDifferFromEachOther) {
  std::map<std::vector<std::int32_t>, const char*> seen;
  for (const ModularOperation& entry : modular_operations()) {
    const bool is_new = seen.emplace(task_of(modular(entry.name, 7), 0).labels, entry.formula).second;
    EXPECT_TRUE(is_new) << entry.formula;
  }
}

TEST(ModularOperations, DivisionNeedsAPrime) {
  for (const char* operation : {"divide", "divide_or_subtract"}) {
    expect_error(ErrorKind::kConfig, {"task.modulus = 112", "prime", "found 2 * 56"},
                 [&] { task_of(modular(operation, 112), 0); });
  }
  for (const auto& [operation, formula] : formulas()) {  // catches: a prime asked for where nothing is divided
    if (operation == "divide" || operation == "divide_or_subtract") continue;
    EXPECT_NO_THROW(task_of(modular(operation, 112), 0)) << operation;
  }
}

TEST(ModularOperations, RefusesAModulusOutOfRange) {
  for (const std::int64_t p : {-5, 0, 1, 2001}) {
    expect_error(ErrorKind::kConfig, {"task.modulus", "[2, 2000]", fmt::format("found {}", p)},
                 [&] { task_of(modular("add", p), 0); });
  }
  const Task largest = task_of(modular("cubic_plus_y", 2000), 0);  // no overflow at the largest values
  EXPECT_EQ(largest.labels.back(), mod(-1 - 1 - 1, 2000));
}

TEST(ModularOperations, Primes) {
  std::vector<std::int64_t> primes;
  for (std::int64_t n = -3; n < 32; ++n) {
    if (is_prime(n)) primes.push_back(n);
  }
  EXPECT_EQ(primes, (std::vector<std::int64_t>{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31}));
}

// A sweep makes thousands of tasks. The limit leaves room for slow machines; typical is under 1 ms.
TEST(ModularOperations, TableOf113IsQuick) {
  double best_ms = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    task_of(modular("divide_or_subtract", 113), 0);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    best_ms = std::min(best_ms, elapsed.count());
  }
  EXPECT_LT(best_ms, 10.0);
  RecordProperty("best_ms", std::to_string(best_ms));
}

}  // namespace
}  // namespace groklab
