// Lists of row indices made elsewhere: text or NumPy's .npy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// The training rows in the bytes of a file, ascending. Text: integers between blanks, commas and line ends, '#' to the
/// end of a line is a comment. npy: one-dimensional, little-endian integers of any width, or one bool for each row of
/// the table (true: train). `where` names the file in messages.
/// Throws Error(kInput): not such a file, no row, a row twice or outside 0..n_rows-1.
std::vector<std::int64_t> parse_row_file(std::string_view bytes, const std::string& where, std::int64_t n_rows);

}  // namespace groklab
