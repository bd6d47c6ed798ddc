// Row lists: text and .npy to checked, ascending rows.
#include "groklab/task/row_file.h"

#include <charconv>

#include "groklab/base/error.h"
#include "groklab/task/npy.h"

namespace groklab {
namespace {

// Marks rows, and refuses those that are outside the table or come twice. `place` is a line, or an entry of an array.
class RowSet {
 public:
  RowSet(const std::string& where, const char* place_word, std::int64_t n_rows)
      : where_(where), place_word_(place_word), chosen_(static_cast<std::size_t>(n_rows), false) {}

  void add(std::int64_t row, std::size_t place) {
    if (row < 0 || row >= static_cast<std::int64_t>(chosen_.size())) {
      fail(ErrorKind::kInput, "{}, {} {}: expected a row 0..{}, found {}", where_, place_word_, place,
           chosen_.size() - 1, row);
    }
    if (chosen_[static_cast<std::size_t>(row)]) {
      fail(ErrorKind::kInput, "{}, {} {}: expected every row once, found row {} again", where_, place_word_, place,
           row);
    }
    chosen_[static_cast<std::size_t>(row)] = true;
  }

  std::vector<std::int64_t> ascending() const {
    std::vector<std::int64_t> rows;
    for (std::size_t row = 0; row < chosen_.size(); ++row) {
      if (chosen_[row]) rows.push_back(static_cast<std::int64_t>(row));
    }
    if (rows.empty()) fail(ErrorKind::kInput, "{}: expected at least one row, found none", where_);
    return rows;
  }

 private:
  const std::string& where_;
  const char* place_word_;
  std::vector<bool> chosen_;
};

std::vector<std::int64_t> rows_of_npy(std::string_view bytes, const std::string& where, std::int64_t n_rows) {
  const NpyIntegers array = parse_npy_integers(bytes, where);
  if (array.is_bool && static_cast<std::int64_t>(array.values.size()) != n_rows) {
    fail(ErrorKind::kInput, "{}: expected one bool for each of the {} rows, found {}", where, n_rows,
         array.values.size());
  }
  RowSet rows(where, "entry", n_rows);
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    if (!array.is_bool) {
      rows.add(array.values[i], i);
    } else if (array.values[i] != 0) {
      rows.add(static_cast<std::int64_t>(i), i);
    }
  }
  return rows.ascending();
}

std::vector<std::int64_t> rows_of_text(std::string_view text, const std::string& where, std::int64_t n_rows) {
  if (text.find('\0') != std::string_view::npos) {
    fail(ErrorKind::kInput, "{}: expected row indices as text or .npy, found another binary file", where);
  }
  RowSet rows(where, "line", n_rows);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t line_end = text.find('\n');
    std::string_view line = text.substr(0, line_end);
    text.remove_prefix(line_end == std::string_view::npos ? text.size() : line_end + 1);
    line = line.substr(0, line.find('#'));
    for (;;) {
      constexpr std::string_view kSeparators = " \t\r,";
      const std::size_t first = line.find_first_not_of(kSeparators);
      if (first == std::string_view::npos) break;
      line.remove_prefix(first);
      const std::string_view word = line.substr(0, line.find_first_of(kSeparators));
      line.remove_prefix(word.size());
      std::int64_t row = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), row);
      if (error != std::errc() || end != word.data() + word.size()) {
        fail(ErrorKind::kInput, "{}, line {}: expected a row 0..{}, found \"{}\"", where, number, n_rows - 1,
             word.substr(0, 40));
      }
      rows.add(row, number);
    }
  }
  return rows.ascending();
}

}  // namespace

std::vector<std::int64_t> parse_row_file(std::string_view bytes, const std::string& where, std::int64_t n_rows) {
  const bool is_npy = looks_like_npy(bytes) || where.ends_with(".npy");
  return is_npy ? rows_of_npy(bytes, where, n_rows) : rows_of_text(bytes, where, n_rows);
}

}  // namespace groklab
