// See value.h.
#include "groklab/config/value.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "groklab/base/error.h"
#include "groklab/config/formula.h"

namespace groklab {
namespace {

bool in_range(double value, const Range& range) {
  if (!std::isfinite(value)) return false;
  const bool above_low = range.low_open ? value > range.low : value >= range.low;
  const bool below_high = range.high_open ? value < range.high : value <= range.high;
  return above_low && below_high;
}

/// Printable UTF-8 on one line: anything else could neither be written to TOML and JSON nor shown in one line.
bool is_plain_text(const std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x20 || lead == 0x7f) return false;
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xc0) != 0x80) return false;
      code = code << 6 | (byte & 0x3fu);
    }
    constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    i += length;
  }
  return true;
}

bool is_formula(const std::string& text) {
  if (!looks_like_formula(text)) return false;
  try {
    parse_formula(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string comma_separated(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string number_range(const char* noun, const Range& range) {
  const bool has_low = std::isfinite(range.low);
  const bool has_high = std::isfinite(range.high);
  if (has_low && has_high) {
    return fmt::format("{} in {}{}, {}{}", noun, range.low_open ? '(' : '[', range.low, range.high,
                       range.high_open ? ')' : ']');
  }
  if (has_low) return fmt::format("{} {} {}", noun, range.low_open ? "above" : "of at least", range.low);
  if (has_high) return fmt::format("{} {} {}", noun, range.high_open ? "below" : "of at most", range.high);
  return noun;
}

}  // namespace

const char* field_type_name(FieldType type) {
  switch (type) {
    case FieldType::kInteger:
      return "integer";
    case FieldType::kNumber:
      return "number";
    case FieldType::kText:
      return "text";
    case FieldType::kSwitch:
      return "yes/no";
    case FieldType::kChoice:
      return "choice";
  }
  return "";
}

bool value_allowed(const Field& field) {
  switch (field.type) {
    case FieldType::kSwitch:
      return std::holds_alternative<bool>(field.value);
    case FieldType::kInteger: {
      const std::int64_t* value = std::get_if<std::int64_t>(&field.value);
      return value != nullptr && in_range(static_cast<double>(*value), field.spec.range);
    }
    case FieldType::kNumber: {
      const double* value = std::get_if<double>(&field.value);
      return value != nullptr && in_range(*value, field.spec.range);
    }
    case FieldType::kText: {
      const std::string* value = std::get_if<std::string>(&field.value);
      return value != nullptr && is_plain_text(*value);
    }
    case FieldType::kChoice: {
      const std::string* value = std::get_if<std::string>(&field.value);
      if (value == nullptr) return false;
      for (const std::string& choice : field.choices) {
        if (choice == *value) return true;
      }
      return field.spec.range.formula && is_formula(*value);
    }
  }
  return false;
}

std::string allowed_text(const Field& field) {
  switch (field.type) {
    case FieldType::kInteger:
      return number_range("a whole number", field.spec.range);
    case FieldType::kNumber:
      return number_range("a number", field.spec.range);
    case FieldType::kText:
      return field.spec.range.text != nullptr ? field.spec.range.text : "one line of text";
    case FieldType::kSwitch:
      return "true or false";
    case FieldType::kChoice:
      return "one of " + comma_separated(field.choices) +
             (field.spec.range.formula ? ", or a formula such as x^3 + 2*x*y mod 47" : "");
  }
  return "";
}

std::string toml_literal(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
  if (const double* number = std::get_if<double>(&value)) {
    std::string text = fmt::format("{}", *number);
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";  // a TOML float, not an integer
    return text;
  }
  if (const Unusable* unusable = std::get_if<Unusable>(&value)) return unusable->what;
  std::string text = "\"";
  for (const char c : std::get<std::string>(value)) {
    if (c == '"' || c == '\\') text += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      text += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace groklab
