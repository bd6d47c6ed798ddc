// What TOML readers share: values of nodes, and the line for a syntax error. Includes toml++.
#pragma once

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <string>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/value.h"

namespace groklab {

inline Value toml_value(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* integer = node.as_integer()) return std::int64_t{integer->get()};
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  return Unusable{node.is_array() ? "an array" : node.is_table() ? "a section" : "a date or time"};
}

[[noreturn]] inline void fail_at_syntax(const std::string& where, const toml::parse_error& error) {
  std::string line;
  for (const char c : error.description()) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  const toml::source_position& at = error.source().begin;
  fail(ErrorKind::kConfig, "{}:{}:{}: expected TOML, found a syntax error: {}", where, at.line, at.column, line);
}

}  // namespace groklab
