// Long JSON written as text at once: lists of 10,000 rows, curves of 100,000 numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace groklab::serve {

void append_json(std::string& text, bool value);
void append_json(std::string& text, std::int64_t value);
/// null if it is not finite, else the shortest text that reads back to the same bits.
void append_json(std::string& text, double value);
/// Quoted and escaped; what is no UTF-8 becomes U+FFFD.
void append_json(std::string& text, const std::string& value);
void append_json(std::string& text, std::span<const std::int64_t> values);
void append_json(std::string& text, std::span<const double> values);

}  // namespace groklab::serve
