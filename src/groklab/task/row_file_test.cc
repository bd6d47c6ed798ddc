// Row lists in text and .npy, and what damaged ones are answered with.
#include "groklab/task/row_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "groklab/task/test_help.h"

namespace groklab {
namespace {

using Rows = std::vector<std::int64_t>;

// The bytes that numpy.save writes: a header padded with blanks to a multiple of 64.
template <typename T>
std::string npy(const std::string& descr, const std::vector<T>& values, std::string shape = "", int version = 1) {
  if (shape.empty()) shape = fmt::format("({},)", values.size());
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr, shape);
  const std::size_t length_size = version == 1 ? 2 : 4;
  while ((8 + length_size + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (std::size_t i = 0; i < length_size; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return bytes;
}

Rows parse(std::string_view bytes, std::int64_t n_rows = 20) { return parse_row_file(bytes, "rows", n_rows); }

TEST(RowFile, Text) {
  EXPECT_EQ(parse("3\n1\n2\n"), (Rows{1, 2, 3}));
  EXPECT_EQ(parse("# rows\r\n3, 1,\t19\r\n\r\n0 # the first"), (Rows{0, 1, 3, 19}));
}

TEST(RowFile, NumpyIntegersOfEveryWidth) {
  const Rows expected = {1, 2, 3};
  EXPECT_EQ(parse(npy<std::int64_t>("<i8", {3, 1, 2})), expected);
  EXPECT_EQ(parse(npy<std::int32_t>("<i4", {3, 1, 2})), expected);
  EXPECT_EQ(parse(npy<std::int16_t>("<i2", {3, 1, 2})), expected);
  EXPECT_EQ(parse(npy<std::int8_t>("|i1", {3, 1, 2})), expected);
  EXPECT_EQ(parse(npy<std::uint64_t>("<u8", {3, 1, 2})), expected);
  EXPECT_EQ(parse(npy<std::uint32_t>("<u4", {3, 1, 2})), expected);
  EXPECT_EQ(parse(npy<std::uint16_t>("<u2", {3, 1, 2})), expected);
  EXPECT_EQ(parse(npy<std::uint8_t>("|u1", {3, 1, 200}), 201), (Rows{1, 3, 200}));
  EXPECT_EQ(parse(npy<std::int64_t>("<i8", {3, 1, 2}, "", 2)), expected);
  EXPECT_EQ(parse(npy<std::int64_t>("<i8", {3, 1, 2}, "", 3)), expected);
}

TEST(RowFile, BytesThatNumpyWrote) {  // numpy.save of numpy.array([3, 1, 2])
  constexpr char kStart[] = "\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }";
  std::string bytes(kStart, sizeof kStart - 1);
  bytes.resize(127, ' ');
  bytes += '\n';
  for (const char row : {3, 1, 2}) bytes.append(1, row).append(7, '\0');
  EXPECT_EQ(parse(bytes), (Rows{1, 2, 3}));
  EXPECT_EQ(bytes, npy<std::int64_t>("<i8", {3, 1, 2}));
}

TEST(RowFile, BoolMask) {
  EXPECT_EQ(parse(npy<std::uint8_t>("|b1", {0, 1, 1, 0}), 4), (Rows{1, 2}));
  expect_error(ErrorKind::kInput, {"rows", "each of the 5 rows", "found 4"}, [] {
    parse(npy<std::uint8_t>("|b1", {0, 1, 1, 0}), 5);
  });
}

TEST(RowFile, BadRows) {
  expect_error(ErrorKind::kInput, {"rows, line 2", "0..19", "found 20"}, [] { parse("1\n20\n"); });
  expect_error(ErrorKind::kInput, {"rows, line 1", "0..19", "found -1"}, [] { parse("-1"); });
  expect_error(ErrorKind::kInput, {"rows, line 3", "once", "row 4"}, [] { parse("4\n5\n4\n"); });
  expect_error(ErrorKind::kInput, {"rows, line 1", "\"1.5\""}, [] { parse("1.5"); });
  expect_error(ErrorKind::kInput, {"rows, line 1", "\"1e20\""}, [] { parse("0 1e20"); });
  expect_error(ErrorKind::kInput, {"rows", "at least one row"}, [] { parse(""); });
  expect_error(ErrorKind::kInput, {"rows", "at least one row"}, [] { parse("# nothing\n"); });
  expect_error(ErrorKind::kInput, {"rows, entry 1", "0..19", "found 20"}, [] {
    parse(npy<std::int64_t>("<i8", {1, 20}));
  });
  expect_error(ErrorKind::kInput, {"rows, entry 0", "found -"}, [] { parse(npy<std::uint64_t>("<u8", {~0ull})); });
  expect_error(ErrorKind::kInput, {"rows, entry 2", "once", "row 7"}, [] {
    parse(npy<std::int32_t>("<i4", {7, 1, 7}));
  });
  expect_error(ErrorKind::kInput, {"rows", "at least one row"}, [] { parse(npy<std::int32_t>("<i4", {})); });
}

TEST(RowFile, BadNumpyFiles) {
  const std::string good = npy<std::int64_t>("<i8", {3, 1, 2});
  for (std::size_t length = 6; length < good.size(); ++length) {  // cut anywhere, it is refused and never read beyond
    const std::string cut = good.substr(0, length);
    expect_error(ErrorKind::kInput, {"rows"}, [&] { parse(cut); });
  }
  expect_error(ErrorKind::kInput, {"3 elements of 8 bytes", "found 23 bytes"},
               [&] { parse(good.substr(0, good.size() - 1)); });
  expect_error(ErrorKind::kInput, {"3 elements", "found 25 bytes"}, [&] { parse(good + "x"); });
  expect_error(ErrorKind::kInput, {"little-endian", ">i8"}, [] { parse(npy<std::int64_t>(">i8", {0})); });
  expect_error(ErrorKind::kInput, {"integers", "<f8"}, [] { parse(npy<double>("<f8", {1.0})); });
  expect_error(ErrorKind::kInput, {"one-dimensional", "(2, 1)"}, [] {
    parse(npy<std::int64_t>("<i8", {0, 1}, "(2, 1)"));
  });
  expect_error(ErrorKind::kInput, {"one-dimensional", "()"}, [] { parse(npy<std::int64_t>("<i8", {0}, "()")); });
  expect_error(ErrorKind::kInput, {"elements", "18446744073709551615"},
               [] { parse(npy<std::int64_t>("<i8", {0}, "(18446744073709551615,)")); });
  expect_error(ErrorKind::kInput, {"version", "found 9"}, [] { parse(npy<std::int64_t>("<i8", {0}, "", 9)); });
  expect_error(ErrorKind::kInput, {"rows", "binary"}, [] { parse(std::string("PK\x03\x04\0\n1", 7)); });
  expect_error(ErrorKind::kInput, {"x.npy", ".npy file"}, [] { parse_row_file("1\n2\n", "x.npy", 20); });
}

}  // namespace
}  // namespace groklab
