// The bounds of TOML texts, checked before the parser sees them: it recurses over the parts of a dotted key, and has no
// defined answer to some letters.
#include <algorithm>
#include <string>
#include <string_view>

#include "groklab/config/toml_names.h"

namespace groklab {
namespace {

constexpr std::size_t kLargestText = 4'000'000;  // bytes; the parser takes up to some 100 bytes for each
constexpr int kMostDots = 32;

/// The end of the text in quotes that starts at `begin`: behind its last quote.
std::size_t behind_quotes(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  const std::string three(3, quote);
  const bool is_long = text.substr(begin, 3) == three;
  std::size_t i = begin + (is_long ? 3 : 1);
  while (i < text.size()) {
    if (text[i] == '\\' && quote == '"') {
      i += 2;
    } else if (is_long ? text.substr(i, 3) == three : text[i] == quote || text[i] == '\n') {
      i += is_long ? 3 : 1;
      for (int more = 0; is_long && more < 2 && i < text.size() && text[i] == quote; ++more)
        ++i;  // """a""""" ends in ""
      return std::min(text.size(), i);
    } else {
      ++i;
    }
  }
  return text.size();
}

}  // namespace

void check_toml_size(std::string_view text, const std::string& where) {
  if (text.size() > kLargestText) {
    fail(ErrorKind::kConfig, "{}: expected at most {} bytes of TOML, found {}", where, kLargestText, text.size());
  }
  int dots = 0;
  const auto line_of = [&](std::size_t i) {
    return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i), '\n');
  };
  for (std::size_t i = text.starts_with("\xef\xbb\xbf") ? 3 : 0; i < text.size();) {  // behind a byte order mark
    const char c = text[i];
    if (c == '"' || c == '\'') {
      // Behind a letter or digit it opens no text: the parser reads on as if it were part of a number.
      if (i > 0 && std::string_view(" \t\r\n=,[]{}.").find(text[i - 1]) == std::string_view::npos &&
          text.substr(0, i) != "\xef\xbb\xbf") {
        fail(ErrorKind::kConfig, "{}:{}: expected quotes around a whole name or value, found one behind {}", where,
             line_of(i), static_cast<unsigned char>(text[i - 1]) < 0x80 ? std::string(1, text[i - 1]) : "a letter");
      }
      i = behind_quotes(text, i);
      continue;
    }
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (c == '.' && ++dots > kMostDots) {
      fail(ErrorKind::kConfig, "{}:{}: expected a key of at most {} parts, found more", where, line_of(i),
           kMostDots + 1);
    }
    // No TOML 1.0; the parser's tables of letters miss some (U+FEFB), and what it does then is undefined.
    if (static_cast<unsigned char>(c) >= 0x80) {
      fail(ErrorKind::kConfig,
           "{}:{}: expected letters, digits, '_' and '-' outside of quotes, found the byte 0x{:02x}", where, line_of(i),
           static_cast<unsigned char>(c));
    }
    if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
    ++i;
  }
}

}  // namespace groklab
