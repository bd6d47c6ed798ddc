// See json_text.h.
#include "groklab/serve/json_text.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

namespace groklab::serve {
namespace {

template <typename T>
void append_list(std::string& text, std::span<const T> values) {
  text += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ',';
    append_json(text, values[i]);
  }
  text += ']';
}

}  // namespace

void append_json(std::string& text, bool value) { text += value ? "true" : "false"; }

void append_json(std::string& text, std::int64_t value) { fmt::format_to(std::back_inserter(text), "{}", value); }

void append_json(std::string& text, double value) {
  if (std::isfinite(value)) {
    fmt::format_to(std::back_inserter(text), "{}", value);
  } else {
    text += "null";
  }
}

void append_json(std::string& text, const std::string& value) {
  text += nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_json(std::string& text, std::span<const std::int64_t> values) { append_list(text, values); }
void append_json(std::string& text, std::span<const double> values) { append_list(text, values); }

}  // namespace groklab::serve
