// See record_columns.h.
#include "groklab/store/record_columns.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "groklab/store/stored_json.h"

namespace groklab {

const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    const Record record;
    visit_metrics(record, [&](const std::string& group, const char* name, const auto&) {
      names.push_back(group.empty() ? name : group + "_" + name);
    });
    return names;
  }();
  return kNames;
}

std::string tensor_norms_text(const std::vector<double>& norms) {
  std::string text = "[";
  for (const double norm : norms) {
    if (text.size() > 1) text += ',';
    if (std::isfinite(norm)) {
      fmt::format_to(std::back_inserter(text), "{}", norm);  // the shortest text that reads back to the same bits
    } else {
      text += std::isnan(norm) ? "null" : norm > 0 ? "\"inf\"" : "\"-inf\"";
    }
  }
  return text + "]";
}

std::vector<double> parse_tensor_norms(const std::string& text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> norms;
  const nlohmann::ordered_json list = parse_stored_json(text, "tensor_norms");
  for (const nlohmann::ordered_json& item : list.get_ref<const nlohmann::ordered_json::array_t&>()) {
    if (item.is_null()) {
      norms.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if (item.is_string()) {
      norms.push_back(item.get<std::string>() == "-inf" ? -kInfinity : kInfinity);
    } else {
      norms.push_back(item.get<double>());
    }
  }
  return norms;
}

}  // namespace groklab
