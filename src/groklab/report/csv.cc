// See csv.h.
#include "groklab/report/csv.h"

#include <fmt/format.h>

#include <cmath>

namespace groklab::report {

std::string csv_number(double value) { return std::isfinite(value) ? fmt::format("{:.7g}", value) : std::string(); }

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace groklab::report
