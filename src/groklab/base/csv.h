// The one writer of comma-separated text: exports, tables of sweeps, data of charts. Numbers read back to the same
// bits.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace groklab {

/// Lines of cells. Cells are quoted where they must be; NaN is an empty cell, an infinity is inf or -inf.
class CsvText {
 public:
  CsvText& cell(std::string_view text);
  CsvText& cell(const char* text) { return cell(std::string_view(text)); }
  CsvText& cell(double value);
  CsvText& cell(std::int64_t value);
  template <typename T>
  CsvText& cell(const std::optional<T>& value) {
    return value ? cell(*value) : cell(std::string_view());
  }
  template <typename... Cells>
  CsvText& line(const Cells&... cells) {
    (cell(cells), ...);
    return end_line();
  }
  CsvText& end_line();

  const std::string& text() const { return text_; }
  /// The lines so far, which are forgotten: for texts that need not be in memory as a whole.
  std::string take() { return std::exchange(text_, std::string()); }

 private:
  void separate();

  std::string text_;
  bool at_start_ = true;
};

}  // namespace groklab
