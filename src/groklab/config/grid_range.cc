// See grid_range.h.
#include "groklab/config/grid_range.h"

#include <cmath>
#include <cstdint>
#include <optional>

#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr std::int64_t kMostValues = 1'000'000;

double range_number(const toml::table& table, const char* name, const std::string& where) {
  const std::optional<double> value = table[name].value<double>();
  if (!value || !std::isfinite(*value)) {
    fail(ErrorKind::kConfig, "{}: expected a range with the number '{}', such as {{ from = 1, to = 9 }}", where, name);
  }
  return *value;
}

void check_range_names(const toml::table& table, const std::string& where) {
  for (const auto& [name, node] : table) {
    const std::string_view n = name.str();
    if (n != "from" && n != "to" && n != "step" && n != "count" && n != "scale") {
      fail(ErrorKind::kConfig, "{}: expected from, to, step, count or scale in a range, found {}", where, n);
    }
  }
}

std::vector<double> counted(const toml::table& table, double from, double to, bool is_log, const std::string& where) {
  if (table.contains("step")) fail(ErrorKind::kConfig, "{}: expected step or count in a range, found both", where);
  const double count = range_number(table, "count", where);
  if (count < 1 || count != std::floor(count) || count > kMostValues) {
    fail(ErrorKind::kConfig, "{}: expected a count of 1 to {}, found {}", where, kMostValues, count);
  }
  const auto n = static_cast<std::int64_t>(count);
  std::vector<double> numbers = {from};
  for (std::int64_t i = 1; i < n - 1; ++i) {
    const double fraction = static_cast<double>(i) / static_cast<double>(n - 1);
    numbers.push_back(is_log ? from * std::pow(to / from, fraction) : from + (to - from) * fraction);
  }
  if (n > 1) numbers.push_back(to);  // exactly, whatever the rounding
  return numbers;
}

std::vector<double> stepped(const toml::table& table, double from, double to, const std::string& where) {
  const double step = table.contains("step") ? range_number(table, "step", where) : 1.0;
  if (step <= 0) fail(ErrorKind::kConfig, "{}: expected a step above 0, found {}", where, step);
  const double count = std::floor((to - from) / step * (1 + 1e-12)) + 1;
  if (count > kMostValues) {
    fail(ErrorKind::kConfig, "{}: expected at most {} values in a range, found {:.0f}", where, kMostValues, count);
  }
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(count); ++i) {
    numbers.push_back(from + step * static_cast<double>(i));
  }
  return numbers;
}

}  // namespace

std::vector<double> range_numbers(const toml::table& table, const std::string& where) {
  check_range_names(table, where);
  const double from = range_number(table, "from", where), to = range_number(table, "to", where);
  const std::string scale = table["scale"].value_or<std::string>("linear");
  if (to < from) fail(ErrorKind::kConfig, "{}: expected a range with to >= from, found {} to {}", where, from, to);
  if (scale != "linear" && scale != "log") {
    fail(ErrorKind::kConfig, "{}: expected scale = \"linear\" or \"log\", found \"{}\"", where, scale);
  }
  const bool is_log = scale == "log";
  if (is_log && from <= 0) {
    fail(ErrorKind::kConfig, "{}: expected from > 0 in a range with scale = \"log\", found {}", where, from);
  }
  if (table.contains("count")) return counted(table, from, to, is_log, where);
  if (is_log) fail(ErrorKind::kConfig, "{}: expected a count in a range with scale = \"log\"", where);
  return stepped(table, from, to, where);
}

}  // namespace groklab
