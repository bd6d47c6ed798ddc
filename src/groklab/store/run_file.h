// A run's own file: its rows outside the database, from which a new database can be made. Bytes only; run_log.h brings
// them from and to rows. Internal to store/. Format: docs/formats/store.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "groklab/files/file_io.h"

namespace groklab {

/// NULL, an integer, a real or a text.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

/// What a section does. The values are on the disk.
enum class SectionKind : unsigned char {
  kRow = 0,   ///< gives columns of the run's row
  kRows = 1,  ///< rows that join the table, in the place of those of the same step
  kGone = 2,  ///< steps whose rows leave the table
  kAll = 3    ///< all rows of a table that goes by the run's id
};

struct RunFileSection {
  std::string table;
  SectionKind kind = SectionKind::kRow;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

/// A frame is believed as a whole or not at all. One closes what was written together: rows behind the last closing
/// frame are part of something that was cut short.
class RunFileFrame {
 public:
  RunFileFrame();

  void begin(std::string_view table, SectionKind kind, const std::vector<std::string>& columns);
  void add_row(const std::vector<Cell>& cells);
  void end();

  std::size_t size() const { return bytes_.size(); }
  /// The frame with its length and checksum; a new one begins.
  std::string take(bool closes);

 private:
  std::string bytes_;
  std::size_t count_at_ = 0;  ///< where the section's number of rows stands
  std::uint32_t rows_ = 0;
};

/// The bytes before the first frame.
std::string_view run_file_head();

/// How far a run's file can be believed.
struct RunFileEnd {
  std::uintmax_t closed_bytes = 0;  ///< up to and with the last closing frame; 0: there is none
  std::string fault;                ///< why reading ended before the file's end; "" if it did not
};

/// Gives the sections of each frame to `take`, until the end or the first frame that is damaged. Throws Error(kInput)
/// if it is no run's file or of a newer version.
RunFileEnd read_run_file(InputFile& file, const std::string& where,
                         const std::function<void(const std::vector<RunFileSection>&, bool closes)>& take);

}  // namespace groklab
