// See parquet.h. Names of fields and numbers of enumerations are those of parquet.thrift, in Thrift's compact protocol.
#include "groklab/files/parquet.h"

#include <algorithm>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/version.h"

namespace groklab {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr std::int64_t kMostRows = 100'000;  // of a row group; readers go through groups in parallel
constexpr std::size_t kMostBytes = 16 << 20;

void put_varint(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
}

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

template <typename T>
void put_plain(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

/// A struct of the compact protocol: each field with the distance of its number from the one before.
class ThriftStruct {
 public:
  void integer32(int field, std::int64_t value) { integer(field, 5, value); }
  void integer64(int field, std::int64_t value) { integer(field, 6, value); }
  void text(int field, std::string_view value) {
    head(field, kBinary);
    put_text(bytes_, value);
  }
  void structure(int field, ThriftStruct value) {
    head(field, kStruct);
    bytes_ += value.take();
  }
  void structures(int field, std::vector<ThriftStruct> values) {
    list(field, kStruct, values.size());
    for (ThriftStruct& value : values) bytes_ += value.take();
  }
  void integers(int field, const std::vector<std::int64_t>& values) {
    list(field, 5, values.size());
    for (const std::int64_t value : values) put_varint(bytes_, zigzag(value));
  }
  void texts(int field, const std::vector<std::string>& values) {
    list(field, kBinary, values.size());
    for (const std::string& value : values) put_text(bytes_, value);
  }
  std::string take() { return std::exchange(bytes_, "") + '\0'; }

 private:
  static constexpr int kBinary = 8, kList = 9, kStruct = 12;

  static void put_text(std::string& bytes, std::string_view value) {
    put_varint(bytes, value.size());
    bytes += value;
  }
  void integer(int field, int type, std::int64_t value) {
    head(field, type);
    put_varint(bytes_, zigzag(value));
  }
  void list(int field, int type, std::size_t size) {
    head(field, kList);
    if (size < 15) {
      bytes_ += static_cast<char>(size << 4 | static_cast<std::size_t>(type));
    } else {
      bytes_ += static_cast<char>(0xf0 | type);
      put_varint(bytes_, size);
    }
  }
  void head(int field, int type) {
    bytes_ += static_cast<char>((field - last_) << 4 | type);
    last_ = field;
  }

  std::string bytes_;
  int last_ = 0;
};

int physical_type(ParquetType type) {
  switch (type) {
    case ParquetType::kBoolean:
      return 0;  // BOOLEAN
    case ParquetType::kInteger:
      return 2;  // INT64
    case ParquetType::kNumber:
      return 5;  // DOUBLE
    case ParquetType::kText:
      break;
  }
  return 6;  // BYTE_ARRAY
}

constexpr int kPlain = 0, kRle = 3;  // encodings

ThriftStruct schema_of(const ParquetColumn& column) {
  ThriftStruct element;
  element.integer32(1, physical_type(column.type));
  element.integer32(3, 1);  // OPTIONAL
  element.text(4, column.name);
  if (column.type == ParquetType::kText) element.integer32(6, 0);  // UTF8
  return element;
}

std::string page_head(std::int64_t rows, std::int64_t bytes) {
  ThriftStruct data;
  data.integer32(1, rows);
  data.integer32(2, kPlain);
  data.integer32(3, kRle);
  data.integer32(4, kRle);
  ThriftStruct head;
  head.integer32(1, 0);  // DATA_PAGE
  head.integer32(2, bytes);
  head.integer32(3, bytes);  // not compressed
  head.structure(5, std::move(data));
  return head.take();
}

/// Booleans are collected as bytes and take a bit each on the disk.
std::string packed_bits(const std::string& values) {
  std::string bits((values.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    bits[i / 8] = static_cast<char>(static_cast<unsigned char>(bits[i / 8]) | (values[i] != 0 ? 1u << (i % 8) : 0u));
  }
  return bits;
}

}  // namespace

ParquetTable::ParquetTable(std::vector<ParquetColumn> columns, std::function<void(std::string_view)> write)
    : columns_(std::move(columns)), write_(std::move(write)), chunks_(columns_.size()) {
  this->write(kMagic);
}

void ParquetTable::write(std::string_view bytes) {
  write_(bytes);
  written_ += static_cast<std::int64_t>(bytes.size());
}

void ParquetTable::add_row(const std::vector<ParquetCell>& cells) {
  require(cells.size() == columns_.size(), "a row must have a cell for each column");
  for (std::size_t i = 0; i < cells.size(); ++i) add_cell(i, cells[i]);
  ++rows_;
  if (rows_ >= kMostRows || group_bytes_ >= kMostBytes) end_group();
}

void ParquetTable::add_cell(std::size_t column, const ParquetCell& cell) {
  Chunk& chunk = chunks_[column];
  const bool is_present = !std::holds_alternative<std::monostate>(cell);
  if (chunk.run_length > 0 && chunk.run_present != is_present) {
    put_varint(chunk.levels, chunk.run_length << 1);
    chunk.levels += chunk.run_present ? '\1' : '\0';
    chunk.run_length = 0;
  }
  chunk.run_present = is_present;
  ++chunk.run_length;
  if (!is_present) return;
  const std::size_t before = chunk.values.size();
  switch (columns_[column].type) {
    case ParquetType::kBoolean:
      chunk.values += std::get<bool>(cell) ? '\1' : '\0';
      break;
    case ParquetType::kInteger:
      put_plain(chunk.values, std::get<std::int64_t>(cell));
      break;
    case ParquetType::kNumber: {
      const auto* integer = std::get_if<std::int64_t>(&cell);
      put_plain(chunk.values, integer != nullptr ? static_cast<double>(*integer) : std::get<double>(cell));
      break;
    }
    case ParquetType::kText: {
      const auto& text = std::get<std::string>(cell);
      put_plain(chunk.values, static_cast<std::uint32_t>(text.size()));
      chunk.values += text;
      break;
    }
  }
  group_bytes_ += chunk.values.size() - before;
}

void ParquetTable::end_group() {
  if (rows_ == 0) return;
  RowGroup group;
  group.rows = rows_;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Chunk& chunk = chunks_[i];
    put_varint(chunk.levels, chunk.run_length << 1);
    chunk.levels += chunk.run_present ? '\1' : '\0';
    std::string page;
    put_plain(page, static_cast<std::uint32_t>(chunk.levels.size()));
    page += chunk.levels;
    page += columns_[i].type == ParquetType::kBoolean ? packed_bits(chunk.values) : chunk.values;
    const std::string head = page_head(rows_, static_cast<std::int64_t>(page.size()));
    group.chunks.push_back({written_, static_cast<std::int64_t>(head.size() + page.size())});
    write(head);
    write(page);
    chunk = Chunk();
  }
  groups_.push_back(std::move(group));
  rows_ = 0;
  group_bytes_ = 0;
}

std::string ParquetTable::directory() const {
  std::vector<ThriftStruct> schema(1);
  schema[0].text(4, "table");
  schema[0].integer32(5, static_cast<std::int64_t>(columns_.size()));
  for (const ParquetColumn& column : columns_) schema.push_back(schema_of(column));
  std::vector<ThriftStruct> groups;
  std::int64_t rows = 0;
  for (const RowGroup& group : groups_) {
    std::vector<ThriftStruct> chunks;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Written& written = group.chunks[i];
      ThriftStruct data;
      data.integer32(1, physical_type(columns_[i].type));
      data.integers(2, {kPlain, kRle});
      data.texts(3, {columns_[i].name});
      data.integer32(4, 0);  // UNCOMPRESSED
      data.integer64(5, group.rows);
      data.integer64(6, written.bytes);
      data.integer64(7, written.bytes);
      data.integer64(9, written.offset);
      ThriftStruct& chunk = chunks.emplace_back();
      chunk.integer64(2, written.offset);
      chunk.structure(3, std::move(data));
      bytes += written.bytes;
    }
    ThriftStruct& one = groups.emplace_back();
    one.structures(1, std::move(chunks));
    one.integer64(2, bytes);
    one.integer64(3, group.rows);
    rows += group.rows;
  }
  ThriftStruct file;
  file.integer32(1, 1);
  file.structures(2, std::move(schema));
  file.integer64(3, rows);
  file.structures(4, std::move(groups));
  file.text(6, std::string("groklab ") + version());
  return file.take();
}

void ParquetTable::finish() {
  end_group();
  const std::string text = directory();
  write(text);
  std::string end;
  put_plain(end, static_cast<std::uint32_t>(text.size()));
  write(end);
  write(kMagic);
}

}  // namespace groklab
