// Numbers and tables as text for people. Pure functions: nothing here prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// Terminal columns of UTF-8 text (every code point counts one; all that this program draws does).
std::size_t display_width(std::string_view text);

/// 12345678 -> "12,345,678".
std::string format_count(std::int64_t value);
/// A fraction as a percentage, rounded down to a tenth: "100%" means exactly all. NaN -> "-".
std::string format_fraction(double fraction);
/// Four significant digits; "-" for NaN.
std::string format_number(double value);
/// "0.42 s", "12.3 s", "4:05", "2:03:09".
std::string format_duration(double seconds);

/// 72,400,000 -> "72.4 MB".
std::string format_bytes(double bytes);

/// Rows of cells as aligned columns, two spaces apart, one line each. `align` holds one letter per column: 'l' or 'r'.
std::string align_columns(const std::vector<std::vector<std::string>>& rows, std::string_view align);

}  // namespace groklab
