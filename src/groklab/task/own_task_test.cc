// Tables that a caller brings: what is refused, and what their name follows.
#include "groklab/task/own_task.h"

#include <gtest/gtest.h>

#include "groklab/base/error.h"

namespace groklab {
namespace {

/// Four rows of two inputs below 3 with labels below 2.
Task small_table() {
  Task task;
  task.n_rows = 4;
  task.n_inputs = 2;
  task.n_symbols = 3;
  task.n_classes = 2;
  task.inputs = {0, 1, 1, 2, 2, 0, 2, 2};
  task.labels = {0, 1, 1, 0};
  task.test_labels = task.labels;
  task.symbol_names = {"a", "b", "c"};
  return task;
}

TEST(OwnTask, SizesThatLeaveNothingToLearnAreRefused) {
  EXPECT_NO_THROW(check_own_task(small_table()));
  Task one_symbol = small_table();
  one_symbol.n_symbols = 1;
  one_symbol.inputs.assign(8, 0);
  one_symbol.symbol_names = {"a"};
  EXPECT_THROW(check_own_task(one_symbol), Error);
  Task one_class = small_table();
  one_class.n_classes = 1;
  one_class.labels.assign(4, 0);
  one_class.test_labels = one_class.labels;
  EXPECT_THROW(check_own_task(one_class), Error);
}

// Catches: two different tables under one name.
TEST(OwnTask, NameFollowsInputsAndBothKindsOfLabels) {
  const std::string name = task_digest(small_table());
  EXPECT_EQ(task_digest(small_table()), name);
  Task other = small_table();
  other.inputs[3] = 1;
  EXPECT_NE(task_digest(other), name);
  other = small_table();
  other.labels[0] = 1;
  EXPECT_NE(task_digest(other), name);
  other = small_table();
  other.test_labels[0] = 1;
  EXPECT_NE(task_digest(other), name);
  other = small_table();
  other.symbol_names[0] = "z";
  EXPECT_EQ(task_digest(other), name) << "names do not count";
}

}  // namespace
}  // namespace groklab
