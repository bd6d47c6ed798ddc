// See format.h.
#include "groklab/report/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace groklab::report {

namespace {
constexpr const char* kThinSpace = "\u202F";
constexpr const char* kDash = "\u2013";
}  // namespace

std::string grouped(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t first = digits[0] == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, kThinSpace);
  }
  return digits;
}

std::string percent(double share) {
  if (!std::isfinite(share)) return kDash;
  const double shown = share < 1.0 ? std::min(std::round(share * 1e4) / 100, 99.99) : share * 100;
  return fmt::format("{:.4g}{}%", shown, kThinSpace);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return kDash;
  if (seconds < 10) return fmt::format("{:.2g} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

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
