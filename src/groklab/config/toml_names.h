// What TOML readers share: the parser with its bounds, values of nodes, and the line for a syntax error. Includes
// toml++.
#pragma once

#include <stdexcept>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
/// A text such as "[[[" reaches an assertion of the parser: that is a syntax error, no reason to abort.
#define TOML_ASSERT(expression) \
  (static_cast<bool>(expression) ? static_cast<void>(0) : throw std::logic_error("not TOML"))
#pragma GCC diagnostic push
#ifndef __clang__                             // which has no such warning
#pragma GCC diagnostic ignored "-Wterminate"  // some assertions stand in noexcept functions; no text reaches those
#endif
#include <toml++/toml.h>
#pragma GCC diagnostic pop

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

/// Throws Error(kConfig) for a text that the parser would take too deep or too much memory for: configurations are a
/// few kB, and their keys have three parts.
void check_toml_size(std::string_view text, const std::string& where);

[[noreturn]] inline void fail_at_syntax(const std::string& where, const toml::parse_error& error) {
  std::string line;
  for (const char c : error.description()) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  const toml::source_position& at = error.source().begin;
  fail(ErrorKind::kConfig, "{}:{}:{}: expected TOML, found a syntax error: {}", where, at.line, at.column, line);
}

/// Throws Error(kConfig) for anything that is no TOML, whatever the parser makes of it.
inline toml::table parse_toml(std::string_view text, const std::string& where) {
  check_toml_size(text, where);
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    fail_at_syntax(where, error);
  } catch (const std::logic_error& error) {
    fail(ErrorKind::kConfig, "{}: expected TOML, found a syntax error", where);
  }
}

}  // namespace groklab
