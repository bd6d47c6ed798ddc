// The bytes of a small table, worked out by hand from the format's description; readers of others try larger ones in
// python/tests/test_parquet.py.
#include "groklab/files/parquet.h"

#include <gtest/gtest.h>

#include "groklab/version.h"

namespace groklab {
namespace {

std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

struct Written {
  std::string bytes;
  ParquetTable table;
  explicit Written(std::vector<ParquetColumn> columns)
      : table(std::move(columns), [this](std::string_view part) { bytes += part; }) {}
};

TEST(Parquet, ATableOfOneColumnByteByByte) {
  Written written({{"n", ParquetType::kInteger}});
  for (const ParquetCell& cell : {ParquetCell(std::int64_t{7}), ParquetCell(), ParquetCell(std::int64_t{-1})}) {
    written.table.add_row({cell});
  }
  written.table.finish();
  // Levels: a run of one present, one missing, one present.
  const std::string levels = std::string("\x02\x01\x02\x00\x02\x01", 6);
  const std::string page = little(6, 4) + levels + little(7, 8) + little(~0ull, 8);
  // Fields 1 to 3 and 5: DATA_PAGE, 26 bytes twice (zigzag 52), then 3 values (6), PLAIN, RLE (6), RLE.
  const std::string head = std::string("\x15\x00\x15\x34\x15\x34\x2c\x15\x06\x15\x00\x15\x06\x15\x06\x00\x00", 17);
  EXPECT_EQ(written.bytes.substr(0, 4 + head.size() + page.size()), "PAR1" + head + page);
  const std::string tail = written.bytes.substr(4 + head.size() + page.size());
  EXPECT_EQ(tail.substr(tail.size() - 4), "PAR1");
  EXPECT_EQ(tail.substr(tail.size() - 8, 4), little(tail.size() - 8, 4)) << "the length of the directory";
  EXPECT_NE(tail.find(std::string("groklab ") + version()), std::string::npos);
}

TEST(Parquet, BooleansTakeABitEachAndIntegersFitNumbers) {
  Written written({{"b", ParquetType::kBoolean}, {"x", ParquetType::kNumber}});
  for (int i = 0; i < 9; ++i) written.table.add_row({i % 2 == 1, std::int64_t{i}});
  written.table.finish();
  // Nine present, then 0xaa (10101010 from the last), then 0.
  EXPECT_NE(written.bytes.find(std::string("\x02\x00\x00\x00\x12\x01\xaa\x00", 8)), std::string::npos);
  double eight = 8;
  EXPECT_NE(written.bytes.find(std::string(reinterpret_cast<const char*>(&eight), 8)), std::string::npos);
}

TEST(Parquet, ManyRowsBecomeGroupsSoThatMemoryStaysBounded) {
  std::size_t longest = 0, total = 0;
  ParquetTable table({{"text", ParquetType::kText}}, [&](std::string_view part) {
    longest = std::max<std::size_t>(longest, part.size());
    total += part.size();
  });
  const std::string text(100'000, 'x');
  for (int i = 0; i < 1000; ++i) table.add_row({text});
  table.finish();
  EXPECT_GT(total, 100'000'000u);
  EXPECT_LT(longest, 17'000'000u);
}

}  // namespace
}  // namespace groklab
