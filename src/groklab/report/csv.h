// Cells of the CSV text inside the page.
#pragma once

#include <string>

namespace groklab::report {

/// Shortest text of 7 significant digits (all of a float32 that matter); empty if not finite.
std::string csv_number(double value);
/// A cell, quoted where needed.
std::string csv_text(const std::string& text);

}  // namespace groklab::report
