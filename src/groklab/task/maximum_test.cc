// The larger of two numbers: labels, names, and that a whole run of it can be made.
#include <gtest/gtest.h>

#include "groklab/task/operation.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TEST(Maximum, LabelIsTheLargerInput) {
  TaskConfig config;
  config.operation = "maximum";
  config.modulus = 12;
  const Task task = task_of(config, 0);
  ASSERT_EQ(task.n_rows, 144);
  EXPECT_EQ(task.n_classes, 12);
  for (std::size_t row = 0; row < task.labels.size(); ++row) {
    const std::int32_t x = task.inputs[2 * row], y = task.inputs[2 * row + 1];
    EXPECT_EQ(task.labels[row], x < y ? y : x);
  }
  EXPECT_EQ(task.name, "max(x, y) of 0..11");
  EXPECT_EQ(operation_descriptor("maximum").spec.task_label(config), "maximum below 12");
}

TEST(Maximum, HasNoGroup) {
  EXPECT_EQ(operation_descriptor("maximum").invariance.symbols, SymbolGroup::kNone);
  EXPECT_EQ(operation_descriptor("maximum").invariance.law, GroupLaw::kNone);
}

}  // namespace
}  // namespace groklab
