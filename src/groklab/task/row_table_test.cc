// Rows of one's own and the digits that come with the library; and what damaged files are answered with.
#include "groklab/task/row_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "groklab/task/digits.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TEST(RowTable, ReadsInputsAndLabel) {
  const Task task = parse_row_table("# images\n0, 16,3 ,1\r\n\n2,5,0,0\n7,7,7,2", "rows.csv");
  EXPECT_EQ(task.n_rows, 3);
  EXPECT_EQ(task.n_inputs, 3);
  EXPECT_EQ(task.n_symbols, 17);
  EXPECT_EQ(task.n_classes, 3);
  EXPECT_EQ(task.inputs, (std::vector<std::int32_t>{0, 16, 3, 2, 5, 0, 7, 7, 7}));
  EXPECT_EQ(task.labels, (std::vector<std::int32_t>{1, 0, 2}));
}

TEST(RowTable, IsATaskOfARun) {
  const TemporaryFile file("mine.csv", "0,1,0\n1,0,1\n1,1,0\n");
  TaskConfig config;
  config.operation = "rows";
  config.table = file.path();
  const Task task = task_of(config, 0);
  EXPECT_TRUE(task.name.starts_with("rows ") && task.name.ends_with("mine.csv")) << task.name;
  EXPECT_EQ(task.n_rows, 3);
}

TEST(RowTable, SaysWhatIsWrongAndWhere) {
  const auto message = [](const char* text) {
    try {
      parse_row_table(text, "rows.csv");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_NE(message("1,2,0\n1,0\n").find("rows.csv:2: expected 2 inputs and a label, found 2 numbers"),
            std::string::npos);
  EXPECT_NE(message("1,2,0\n1,x,1\n").find("rows.csv:2:3: expected a whole number"), std::string::npos);
  EXPECT_NE(message("1,-2,0\n").find("rows.csv:1:3:"), std::string::npos);
  EXPECT_NE(message("1,2,0,\n1,2,1\n").find("rows.csv:1:7:"), std::string::npos) << "nothing behind the last comma";
  EXPECT_NE(message("1;2;0\n").find("rows.csv:1:2: expected a comma"), std::string::npos);
  EXPECT_NE(message("1,2,0\n").find("found 1 rows"), std::string::npos);
  EXPECT_NE(message("1,2,0\n3,4,0\n").find("two labels"), std::string::npos);
  EXPECT_NE(message("5\n6\n").find("rows.csv:1:"), std::string::npos) << "a label alone";
  EXPECT_NE(message("").find("found 0 rows"), std::string::npos);
  EXPECT_NE(message("1,2000,0\n1,2,1\n").find("rows.csv:1:3:"), std::string::npos);
}

/// Counts and sums of the published file, so that a letter that was mistyped or lost is seen.
TEST(Digits, AreThoseOfThePublishedFile) {
  const Task task = digits_operation().build({});
  ASSERT_EQ(task.n_rows, 1797);
  ASSERT_EQ(task.inputs.size(), 1797u * 64);
  std::vector<std::int64_t> counts(10);
  for (const std::int32_t label : task.labels) ++counts.at(static_cast<std::size_t>(label));
  EXPECT_EQ(counts, (std::vector<std::int64_t>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
  std::int64_t sum = 0;
  for (const std::int32_t pixel : task.inputs) sum += pixel;
  EXPECT_EQ(sum, 561718);
  EXPECT_EQ(*std::max_element(task.inputs.begin(), task.inputs.end()), 16);
  EXPECT_EQ(*std::min_element(task.inputs.begin(), task.inputs.end()), 0);
  const std::vector<std::int32_t> first_row(task.inputs.begin(), task.inputs.begin() + 8);
  EXPECT_EQ(first_row, (std::vector<std::int32_t>{0, 0, 5, 13, 9, 1, 0, 0}));
}

}  // namespace
}  // namespace groklab
