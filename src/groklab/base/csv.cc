// See csv.h.
#include "groklab/base/csv.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace groklab {

void CsvText::separate() {
  if (!at_start_) text_ += ',';
  at_start_ = false;
}

CsvText& CsvText::cell(std::string_view text) {
  separate();
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    text_ += text;
    return *this;
  }
  text_ += '"';
  for (const char c : text) {
    if (c == '"') text_ += '"';
    text_ += c;
  }
  text_ += '"';
  return *this;
}

CsvText& CsvText::cell(double value) {
  separate();
  if (!std::isnan(value)) fmt::format_to(std::back_inserter(text_), "{}", value);  // the shortest that reads back
  return *this;
}

CsvText& CsvText::cell(std::int64_t value) {
  separate();
  fmt::format_to(std::back_inserter(text_), "{}", value);
  return *this;
}

CsvText& CsvText::end_line() {
  text_ += '\n';
  at_start_ = true;
  return *this;
}

}  // namespace groklab
