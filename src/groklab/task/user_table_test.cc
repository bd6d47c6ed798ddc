// User tables: what is read, and what each kind of damaged file is answered with.
#include "groklab/task/user_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "groklab/task/table.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TaskConfig table_config(const std::string& path) {
  TaskConfig config;
  config.operation = "table";
  config.table = path;
  return config;
}

TEST(UserTable, ReadsATask) {
  const TemporaryFile file("op.csv", "# an operation\n0,1,2\n1, 2,0\n\n2,0,1\n");
  const Task task = task_of(table_config(file.path()), 0);
  EXPECT_EQ(task.n_rows, 9);
  EXPECT_EQ(task.n_symbols, 3);
  EXPECT_EQ(task.n_classes, 3);
  EXPECT_EQ(task.labels, (std::vector<std::int32_t>{0, 1, 2, 1, 2, 0, 2, 0, 1}));
  EXPECT_EQ(task.test_labels, task.labels);
  EXPECT_EQ(task.symbol_names, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_NE(task.name.find("op.csv"), std::string::npos);
  EXPECT_EQ(task.name.find('/'), std::string::npos) << "a name must not depend on the folder";
}

TEST(UserTable, ReadsWhatSpreadsheetsWrite) {
  const UserTable table = parse_user_table(
      "\xEF\xBB\xBF"
      "1,0\r\n0,1",
      "t.csv");
  EXPECT_EQ(table.labels, (std::vector<std::int32_t>{1, 0, 0, 1}));
}

TEST(UserTable, UnknownProductsHaveNoRow) {
  const TemporaryFile file("gaps.csv", "0,-\n ,1\n");
  const Task task = task_of(table_config(file.path()), 0);
  EXPECT_EQ(task.n_rows, 2);
  EXPECT_EQ(task.inputs, (std::vector<std::int32_t>{0, 0, 1, 1}));
  EXPECT_EQ(task.labels, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(task.n_symbols, 2);
}

TEST(UserTable, AddsUpLikeTheBuiltInOperation) {
  std::string text;
  for (int x = 0; x < 23; ++x) {
    for (int y = 0; y < 23; ++y) text += fmt::format("{}{}", y > 0 ? "," : "", (x + y) % 23);
    text += '\n';
  }
  const TemporaryFile file("add.csv", text);
  TaskConfig built_in;
  built_in.modulus = 23;
  const Task expected = task_of(built_in, 0), found = task_of(table_config(file.path()), 0);
  EXPECT_EQ(found.labels, expected.labels);
  EXPECT_EQ(found.inputs, expected.inputs);
}

TEST(UserTable, NamesTheBadPlace) {
  const auto parse = [](std::string_view text) { return [text] { parse_user_table(text, "t.csv"); }; };
  expect_error(ErrorKind::kInput, {"t.csv:2:", "expected 3 cells", "found 2"}, parse("0,1,2\n1,2\n2,0,1\n"));
  expect_error(ErrorKind::kInput, {"t.csv:1:", "expected 2 cells", "found 3"}, parse("0,1,0\n1,0,1\n"));
  expect_error(ErrorKind::kInput, {"t.csv:3:3:", "0..1", "\"x\""}, parse("# c\n0,1\n1,x\n"));
  expect_error(ErrorKind::kInput, {"t.csv:1:4:", "0..1", "\"2\""}, parse("0, 2\n1,0\n"));
  expect_error(ErrorKind::kInput, {"t.csv:2:1:", "0..1", "\"-1\""}, parse("0,1\n-1,0\n"));
  expect_error(ErrorKind::kInput, {"t.csv:1:1:", "integer", "\"0.5\""}, parse("0.5,1\n1,0\n"));
  expect_error(ErrorKind::kInput, {"t.csv:1:1:", "\"99999999999999999999\""}, parse("99999999999999999999,1\n1,0\n"));
  expect_error(ErrorKind::kInput, {"t.csv", "binary"}, parse(std::string_view("0,\0\n", 5)));
  expect_error(ErrorKind::kInput, {"t.csv", "found 0"}, parse(""));
  expect_error(ErrorKind::kInput, {"t.csv", "found 0"}, parse("# only a comment\n\n"));
  expect_error(ErrorKind::kInput, {"t.csv", "found 1"}, parse("0\n"));
  expect_error(ErrorKind::kInput, {"t.csv", "known product"}, parse("-,-\n-,-\n"));
  expect_error(ErrorKind::kInput, {"t.csv", "2..2000", "found 2001"}, [] {
    std::string text;
    for (int i = 0; i < 2001; ++i) text += "0\n";
    parse_user_table(text, "t.csv");
  });
}

TEST(UserTable, UnreadableFiles) {
  expect_error(ErrorKind::kInput, {"task.table", "/no/such/table.csv", "No such file"},
               [] { task_of(table_config("/no/such/table.csv"), 0); });
  expect_error(ErrorKind::kInput, {"task.table", "directory"}, [] { task_of(table_config(::testing::TempDir()), 0); });
  expect_error(ErrorKind::kConfig, {"task.table"}, [] { task_of(table_config(""), 0); });
  expect_error(ErrorKind::kInput, {"task.table", "/no/such/file"}, [] { file_digest("task.table", "/no/such/file"); });
}

TEST(UserTable, NoticesAChangedFile) {
  const TemporaryFile file("changed.csv", "0,1\n1,0\n");
  TaskConfig config = table_config(file.path());
  config.table_digest = file_digest("task.table", file.path());
  EXPECT_NO_THROW(task_of(config, 0));
  file.write("0,1\n1,1\n");
  expect_error(ErrorKind::kInput, {"task.table", file.path(), "changed", config.table_digest},
               [&] { task_of(config, 0); });
}

TEST(FileDigest, IsXxh3With128Bits) {
  EXPECT_EQ(file_digest("task.table", TemporaryFile("empty", "").path()), "99aa06d3014798d86001c324468d497f");
  const TemporaryFile text("text", "groklab");
  EXPECT_EQ(file_digest("task.table", text.path()), "b7b2b3c9022deae4252644ea7022a225");
  text.write("groklaB");
  EXPECT_NE(file_digest("task.table", text.path()), "b7b2b3c9022deae4252644ea7022a225");
}

}  // namespace
}  // namespace groklab
