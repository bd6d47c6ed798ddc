// Writing tables as Parquet, the plain subset that every reader knows: one page a column and row group, PLAIN values,
// no compression, every column may be NULL. Decision: docs/decisions/parquet.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace groklab {

enum class ParquetType { kBoolean, kInteger, kNumber, kText };

struct ParquetColumn {
  std::string name;
  ParquetType type = ParquetType::kText;
};

/// NULL, or a value of the column's type; an integer is taken for a number where that is the column's type.
using ParquetCell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// Rows in, bytes out in order. Holds one row group, some 30 MB at most, whatever the number of rows.
class ParquetTable {
 public:
  ParquetTable(std::vector<ParquetColumn> columns, std::function<void(std::string_view)> write);

  /// A cell for each column.
  void add_row(const std::vector<ParquetCell>& cells);
  /// The rest of the rows and the file's directory; nothing may be added then.
  void finish();

 private:
  struct Chunk {
    std::string levels;  ///< runs of present and missing cells, as the format has them
    std::string values;
    std::uint64_t run_length = 0;  ///< of cells that are all present or all missing
    bool run_present = false;
  };
  struct Written {
    std::int64_t offset = 0, bytes = 0;
  };
  struct RowGroup {
    std::int64_t rows = 0;
    std::vector<Written> chunks;
  };

  void add_cell(std::size_t column, const ParquetCell& cell);
  void write(std::string_view bytes);
  void end_group();
  std::string directory() const;

  std::vector<ParquetColumn> columns_;
  std::function<void(std::string_view)> write_;
  std::vector<Chunk> chunks_;
  std::int64_t rows_ = 0;  ///< of the present group
  std::size_t group_bytes_ = 0;
  std::int64_t written_ = 0;
  std::vector<RowGroup> groups_;
};

}  // namespace groklab
