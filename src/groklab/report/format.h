// Numbers as people read them on the page.
#pragma once

#include <cstdint>
#include <string>

namespace groklab::report {

/// 12769 -> "12 769" with narrow no-break spaces.
std::string grouped(std::int64_t number);
/// 0.9987 -> "99.87 %"; NaN -> a dash. Never rounds a value below 1 up to "100 %".
std::string percent(double share);
/// 75.2 -> "1 min 15 s".
std::string duration(double seconds);
/// For CSV: shortest text of 7 significant digits; empty if not finite.
std::string csv_number(double value);
/// A CSV cell, quoted where needed.
std::string csv_text(const std::string& text);

}  // namespace groklab::report
