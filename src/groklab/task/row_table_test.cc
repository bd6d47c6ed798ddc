// Rows of one's own and the digits that come with the library; and what damaged files are answered with.
#include "groklab/task/row_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
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
  EXPECT_NE(message("1,2,0\n1,x,1\n").find("rows.csv:2:3: expected a number"), std::string::npos);
  EXPECT_NE(message("1,2,0\n1,2,-1\n").find("rows.csv:2: expected a label of 0..1999 at the end, found -1"),
            std::string::npos);
  EXPECT_NE(message("1,2,0.5\n1,2,1\n").find("rows.csv:1: expected a label"), std::string::npos);
  EXPECT_NE(message("1,2,2000\n1,2,1\n").find("rows.csv:1: expected a label"), std::string::npos);
  EXPECT_NE(message("1,nan,0\n1,2,1\n").find("rows.csv:1:3:"), std::string::npos);
  EXPECT_NE(message("1,1e999,0\n1,2,1\n").find("rows.csv:1:3:"), std::string::npos);
  EXPECT_NE(message("0.5,0.5,0\n0.5,0.5,1\n").find("two different inputs"), std::string::npos);
  EXPECT_NE(message("1,2,0,\n1,2,1\n").find("rows.csv:1:7:"), std::string::npos) << "nothing behind the last comma";
  EXPECT_NE(message("1;2;0\n").find("rows.csv:1:2: expected a comma"), std::string::npos);
  EXPECT_NE(message("1,2,0\n").find("found 1 rows"), std::string::npos);
  EXPECT_NE(message("1,2,0\n3,4,0\n").find("two labels"), std::string::npos);
  EXPECT_NE(message("5\n6\n").find("rows.csv:1:"), std::string::npos) << "a label alone";
  EXPECT_NE(message("").find("found 0 rows"), std::string::npos);
}

/// As numpy.save writes it.
template <typename T>
std::string npy(const std::string& descr, const std::string& shape, const std::vector<T>& values,
                const std::string& fortran = "False") {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}", descr, fortran, shape);
  while ((11 + header.size()) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes = std::string("\x93NUMPY\x01") + '\0' + static_cast<char>(header.size()) + '\0' + header;
  return bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

/// Element type, lengths, and elements as bytes: IDX as its description has it.
std::string idx(char type, const std::vector<std::uint32_t>& shape, const std::string& elements) {
  std::string bytes = {0, 0, type, static_cast<char>(shape.size())};
  for (const std::uint32_t length : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(length >> shift & 0xff);
  }
  return bytes + elements;
}

using Symbols = std::vector<std::int32_t>;
using Values = std::vector<double>;

TEST(RowTable, NumbersThatAreNotWholeAreLevels) {
  const Task task = parse_row_table("0.5,-1e-3,1\n-0,0.5,0\n3,0,1\n", "rows.csv");
  EXPECT_EQ(task.symbol_values, (Values{-1e-3, 0, 0.5, 3})) << "each once, -0 as 0";
  EXPECT_EQ(task.inputs, (Symbols{2, 0, 1, 2, 3, 1}));
  EXPECT_EQ(task.n_symbols, 4);
  EXPECT_EQ(task.symbol_names, (std::vector<std::string>{"-0.001", "0", "0.5", "3"}));
  EXPECT_EQ(parse_row_table("1,-2,0\n1,2,1\n", "rows.csv").symbol_values, (Values{-2, 1, 2}));
  EXPECT_EQ(parse_row_table("1,2000,0\n1,2,1\n", "rows.csv").symbol_values, (Values{1, 2, 2000})) << "above symbols";
  EXPECT_TRUE(parse_row_table("1,1999,0\n1,2,1\n", "rows.csv").symbol_values.empty());
}

TEST(RowTable, NumpyArrays) {
  const Task one = parse_row_table(npy<float>("<f4", "(2, 3)", {0.5f, -2, 1, 0.25f, 0.5f, 0}), "x");
  EXPECT_EQ(one.symbol_values, (Values{-2, 0.25, 0.5}));
  EXPECT_EQ(one.inputs, (Symbols{2, 0, 1, 2}));
  EXPECT_EQ(one.labels, (Symbols{1, 0}));
  const std::string images = npy<std::uint8_t>("|u1", "(2, 2, 1)", {0, 255, 7, 9});
  const Task two = parse_row_table(images + npy<std::int64_t>("<i8", "(2,)", {3, 0}), "x");
  EXPECT_EQ(two.n_inputs, 2);
  EXPECT_EQ(two.inputs, (Symbols{0, 255, 7, 9}));
  EXPECT_EQ(two.labels, (Symbols{3, 0}));
  EXPECT_EQ(two.n_symbols, 256);
  EXPECT_TRUE(two.symbol_values.empty()) << "bytes are pixels";
  EXPECT_EQ(parse_row_table(npy<double>("<f8", "(2, 2)", {0.1, 1, 0.2, 0}), "x").symbol_values, (Values{0.1, 0.2}));
}

TEST(RowTable, IdxArrays) {
  const std::string images = idx(0x08, {2, 1, 2}, {0, '\xff', 7, 9}), labels = idx(0x08, {2}, {0, 4});
  const Task task = parse_row_table(images + labels, "mnist.idx");
  EXPECT_EQ(task.n_rows, 2);
  EXPECT_EQ(task.inputs, (Symbols{0, 255, 7, 9}));
  EXPECT_EQ(task.labels, (Symbols{0, 4}));
  const std::string big_endian("\x3f\x00\x00\x00\xbf\x80\x00\x00", 8);  // float32 0.5 and -1
  const Task numbers = parse_row_table(idx(0x0d, {2, 1}, big_endian) + idx(0x0b, {2}, {0, 1, 0, 0}), "x.idx");
  EXPECT_EQ(numbers.symbol_values, (Values{-1, 0.5}));
  EXPECT_EQ(numbers.labels, (Symbols{1, 0})) << "int16";
}

std::string refusal(const std::string& bytes) {
  try {
    parse_row_table(bytes, "file");
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(RowTable, DamagedArrays) {
  const std::string numpy = npy<float>("<f4", "(2, 2)", {0.5f, 0, 1, 1}) + npy<std::uint8_t>("|u1", "(2,)", {0, 1});
  const std::string two = idx(0x08, {2, 2}, {1, 2, 3, 4}) + idx(0x08, {2}, {0, 1});
  ASSERT_EQ(refusal(two), "accepted");
  for (const std::string& good : {numpy, two}) {
    std::size_t accepted = 0;
    for (std::size_t length = 4; length < good.size(); ++length) {  // cut anywhere, nothing is read beyond
      accepted += refusal(good.substr(0, length)) == "accepted" ? 1 : 0;
    }
    EXPECT_LE(accepted, 1u) << "the first array alone has a label last";
    EXPECT_NE(refusal(good + "x").find("found 1 bytes more"), std::string::npos);
  }
  const auto expect = [](const std::string& bytes, const char* text) {
    EXPECT_NE(refusal(bytes).find(text), std::string::npos) << refusal(bytes);
  };
  expect(idx(0x08, {0xffffffff, 0xffffffff, 0xffffffff}, "12"), "as the IDX header says");
  expect(idx(0x08, {2, 2}, {1, 2, 3, 4}) + idx(0x08, {3}, {0, 1, 0}), "shape [2, 2] and [3]");
  expect(idx(0x08, {2}, {1, 2}), "one of shape [2]");
  expect(idx(0x08, {0, 2}, "") + idx(0x08, {0}, ""), "shape [0, 2]");
  expect(npy<double>("<f8", "(2, 2)", {0.5, 0, std::nan(""), 1}), "row 1: expected finite numbers");
  expect(npy<double>("<f8", "(2, 2)", {0.5, 0, 1, 1.5}), "row 1: expected a label");
  expect(npy<double>(">f8", "(2, 2)", {0.5, 0, 1, 1}), "little-endian");
  expect(npy<double>("<f8", "(2, 2)", {0.5, 0, 1, 1}, "True"), "C order");
  for (const char* shape : {"(2 2)", "(2, 2", "2, 2", "(-2, 2)", "(2,, 2)", "(1, 1, 1, 1, 1, 1, 1, 1, 4)"}) {
    expect(npy<double>("<f8", shape, {0.5, 0, 1, 1}), "the lengths of an array");
  }
  expect(npy<double>("<f8", "(4294967296, 4294967296)", {0.5, 0, 1, 1}), "as the shape says");
  expect(npy<double>("<f8", "()", {0.5}), "shape []");
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
