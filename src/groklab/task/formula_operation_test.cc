// Tables of formulas, against arithmetic that is written otherwise.
#include "groklab/task/formula_operation.h"

#include <gtest/gtest.h>

#include "groklab/task/test_help.h"

namespace groklab {
namespace {

Task table_of(const std::string& formula) {
  TaskConfig config;
  config.operation = formula;
  return task_of(config, 0);
}

/// By p - 1 additions and the like: no power, no overflow.
std::int64_t slow_power(std::int64_t base, std::int64_t exponent, std::int64_t p) {
  std::int64_t result = 1 % p;
  for (std::int64_t i = 0; i < exponent; ++i) result = result * base % p;
  return result;
}

TEST(FormulaOperation, LabelsFollowTheFormula) {
  for (const std::int64_t p : {2, 3, 12, 47}) {
    const Task task = table_of("2x^5*y - 3 y^2 + 1 mod " + std::to_string(p));
    ASSERT_EQ(task.n_rows, p * p);
    for (std::int64_t x = 0; x < p; ++x) {
      for (std::int64_t y = 0; y < p; ++y) {
        const std::int64_t value = (2 * slow_power(x, 5, p) * y + (p - 3 % p) * y * y + 1) % p;
        ASSERT_EQ(task.labels[static_cast<std::size_t>(x * p + y)], value) << p << ": " << x << ", " << y;
      }
    }
    EXPECT_EQ(task.name, "2*x^5*y - 3*y^2 + 1 mod " + std::to_string(p));
  }
}

TEST(FormulaOperation, LargePowersAndCoefficientsAreExact) {
  const Task task = table_of("4611686018427387903*x^1000000007 - y^1000003 mod 1999");
  const std::int64_t p = 1999, c = 4611686018427387903 % p;
  for (const std::int64_t x : {0, 1, 2, 777, 1998}) {
    for (const std::int64_t y : {0, 1, 5, 1998}) {
      // By Fermat's little theorem powers repeat every p - 1.
      const std::int64_t value =
          (c * slow_power(x, 1000000007 % (p - 1), p) + p - slow_power(y, 1000003 % (p - 1), p)) % p;
      EXPECT_EQ(task.labels[static_cast<std::size_t>(x * p + y)], value) << x << ", " << y;
    }
  }
}

TEST(FormulaOperation, RowsOfADivisorThatIsZeroAreLeftOut) {
  const std::int64_t p = 11;
  const Task task = table_of("(x + 2y)/(x - y) mod 11");
  EXPECT_EQ(task.n_rows, p * (p - 1));
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const std::int64_t x = task.inputs[static_cast<std::size_t>(2 * row)],
                       y = task.inputs[static_cast<std::size_t>(2 * row + 1)];
    ASSERT_NE(x, y);
    // label (x - y) = x + 2 y
    EXPECT_EQ(task.labels[static_cast<std::size_t>(row)] * (x - y + p) % p, (x + 2 * y) % p) << x << ", " << y;
  }
  EXPECT_EQ(table_of("1/x + 1/y mod 11").n_rows, (p - 1) * (p - 1));
  EXPECT_EQ(table_of("x*y/y mod 11").n_rows, p * (p - 1));
}

TEST(FormulaOperation, ItsTableIsThatOfTheOperationOfItsFormula) {
  const Task by_name = [] {
    TaskConfig config;
    config.operation = "cubic_plus_y";
    config.modulus = 23;
    return task_of(config, 0);
  }();
  // Not recognised, since it is another polynomial; the same table all the same.
  const Task by_formula = table_of("x^3 + x y^2 + 24 y mod 23");
  EXPECT_EQ(by_formula.labels, by_name.labels);
  EXPECT_EQ(by_formula.inputs, by_name.inputs);
  EXPECT_EQ(table_of("x^3 + x y^2 + y mod 23").name, by_name.name);
}

TEST(FormulaOperation, PowersModulo) {
  EXPECT_EQ(power_modulo(0, 0, 7), 1);
  EXPECT_EQ(power_modulo(3, 6, 7), 1);
  EXPECT_EQ(power_modulo(5, 3, 1), 0);
}

}  // namespace
}  // namespace groklab
