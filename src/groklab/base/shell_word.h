// Texts in lines of a shell.
#pragma once

#include <string>

namespace groklab {

/// In single quotes: one word, whatever is in it.
inline std::string shell_word(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace groklab
