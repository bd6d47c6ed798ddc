// See run_condition.h. A descent by hand: the language is small, and its messages name the place.
#include "groklab/store/run_condition.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "groklab/base/error.h"
#include "groklab/config/keys.h"
#include "groklab/config/suggest.h"

namespace groklab {
namespace {

constexpr std::size_t kLongest = 10'000;  // bytes
constexpr std::size_t kMostValues = 200;  // SQLite takes terms that nest up to 1000 deep
constexpr int kDeepest = 50;              // brackets and "not"s
constexpr std::array kColumns = {"number",
                                 "id",
                                 "status",
                                 "reason",
                                 "step",
                                 "seconds",
                                 "created",
                                 "machine",
                                 "version",
                                 "engine",
                                 "instruction_set",
                                 "operation",
                                 "modulus",
                                 "train_size",
                                 "seed",
                                 "d_model",
                                 "weight_decay",
                                 "precision",
                                 "parent",
                                 "train_loss",
                                 "test_loss",
                                 "train_accuracy",
                                 "test_accuracy",
                                 "norm",
                                 "name",
                                 "note"};

enum class TokenKind { kWord, kNumber, kText, kSign, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  ///< words as they stand, texts without their quotes
  bool is_whole = false;
  std::int64_t whole = 0;  ///< of a number
  double real = 0;         ///< of a number that is not whole
  std::size_t begin = 0;
};

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    if (text.size() > kLongest) refuse(0, fmt::format("expected at most {} bytes, found {}", kLongest, text.size()));
    advance();
  }

  RunCondition parse() {
    condition_.sql = any();
    if (token_.kind != TokenKind::kEnd) expected("\"and\", \"or\" or the end");
    return std::move(condition_);
  }

 private:
  [[noreturn]] void refuse(std::size_t place, const std::string& why) const {
    fail(ErrorKind::kStore, "condition \"{}\": at {}: {}", text_.substr(0, kLongest), place + 1, why);
  }
  [[noreturn]] void expected(std::string_view what) const {
    const std::string found = token_.kind == TokenKind::kEnd
                                  ? "its end"
                                  : fmt::format("'{}'", text_.substr(token_.begin, at_ - token_.begin));
    refuse(token_.begin, fmt::format("expected {}, found {}", what, found));
  }

  void advance() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    token_ = Token();
    token_.begin = at_;
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    const bool signed_number = (c == '-' || c == '+') && at_ + 1 < text_.size();
    if (c == '\'') {
      read_text();
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.' || signed_number) {
      read_number();
    } else if (is_word_character(c)) {
      token_.kind = TokenKind::kWord;
      while (at_ < text_.size() && is_word_character(text_[at_])) token_.text += text_[at_++];
    } else {
      token_.kind = TokenKind::kSign;
      for (const std::string_view sign : {"==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","}) {
        if (token_.text.empty() && text_.substr(at_).starts_with(sign)) token_.text = sign;
      }
      at_ += std::max<std::size_t>(token_.text.size(), 1);
      if (token_.text.empty()) expected("a name, a value, a comparison or a bracket");
    }
  }

  void read_text() {
    token_.kind = TokenKind::kText;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '\'') {
        token_.text += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '\'') {
        token_.text += text_[at_++];  // '' is a quote inside a text
      } else {
        ++at_;
        return;
      }
    }
    refuse(token_.begin, "expected a text that ends with a quote");
  }

  void read_number() {
    token_.kind = TokenKind::kNumber;
    const char* begin = text_.data() + at_ + (text_[at_] == '+' ? 1 : 0);
    const char* end = text_.data() + text_.size();
    std::int64_t whole = 0;
    double value = 0;
    const auto as_whole = std::from_chars(begin, end, whole);
    const auto as_real = std::from_chars(begin, end, value);
    at_ = static_cast<std::size_t>(std::max(as_real.ptr, begin + 1) - text_.data());
    if (as_real.ec != std::errc() || !std::isfinite(value) || (at_ < text_.size() && is_word_character(text_[at_]))) {
      expected("a number");
    }
    token_.is_whole = as_whole.ec == std::errc() && as_whole.ptr == as_real.ptr;
    token_.whole = whole;
    token_.real = value;
  }

  bool is_word(std::string_view word) const { return token_.kind == TokenKind::kWord && lower(token_.text) == word; }
  bool is_sign(std::string_view sign) const { return token_.kind == TokenKind::kSign && token_.text == sign; }
  bool take_word(std::string_view word) {
    const bool found = is_word(word);
    if (found) advance();
    return found;
  }
  void need_sign(std::string_view sign) {
    if (!is_sign(sign)) expected(fmt::format("'{}'", sign));
    advance();
  }

  std::string any() {
    std::string sql = all();
    while (take_word("or")) sql += " OR " + all();
    return sql;
  }
  std::string all() {
    std::string sql = negatable();
    while (take_word("and")) sql += " AND " + negatable();
    return sql;
  }
  std::string negatable() {
    if (++depth_ > kDeepest) refuse(token_.begin, fmt::format("expected at most {} brackets in brackets", kDeepest));
    std::string sql;
    if (take_word("not")) {
      sql = "NOT " + negatable();
    } else if (is_sign("(")) {
      advance();
      sql = "(" + any() + ")";
      need_sign(")");
    } else {
      sql = test();
    }
    --depth_;
    return sql;
  }

  std::string test() {
    if (is_word("tag")) return tag_test();
    const std::string operand = name();
    if (token_.kind == TokenKind::kSign) return operand + compared();
    if (take_word("is")) {
      const bool negated = take_word("not");
      if (!take_word("null")) expected("\"null\"");
      return operand + (negated ? " IS NOT NULL" : " IS NULL");
    }
    const std::string negation = take_word("not") ? " NOT" : "";
    return operand + negation + chosen();
  }

  /// A run has many tags, or none: a test holds if it does for one of them, and what is negated if it does for none.
  std::string tag_test() {
    advance();
    if (take_word("is")) {
      const bool negated = take_word("not");
      if (!take_word("null")) expected("\"null\"");
      return (negated ? "" : "NOT ") + tagged("");
    }
    if (token_.kind == TokenKind::kSign) {
      const bool differs = is_sign("!=") || is_sign("<>");
      if (!differs && !is_sign("=") && !is_sign("==")) expected("=, != or a word such as \"like\"");
      advance();
      return (differs ? "NOT " : "") + tagged("= " + value());
    }
    const bool negated = take_word("not");
    return (negated ? "NOT " : "") + tagged(chosen());
  }
  static std::string tagged(const std::string& test) {
    return "EXISTS (SELECT 1 FROM tags WHERE tags.run = id" + (test.empty() ? "" : " AND tag " + test) + ")";
  }

  std::string compared() {
    constexpr std::array kComparisons = {"=", "==", "!=", "<>", "<", "<=", ">", ">="};
    const auto found = std::find(kComparisons.begin(), kComparisons.end(), token_.text);
    if (found == kComparisons.end()) expected("a comparison");
    advance();
    return std::string(" ") + *found + " " + value();
  }

  /// "like", "between" or "in" with what follows.
  std::string chosen() {
    if (take_word("like")) {
      if (token_.kind != TokenKind::kText) expected("a 'text' with % and _");
      return " LIKE " + value();
    }
    if (take_word("between")) {
      const std::string low = value();
      if (!take_word("and")) expected("\"and\"");
      return " BETWEEN " + low + " AND " + value();
    }
    if (!take_word("in")) expected("a comparison, \"is\", \"like\", \"between\" or \"in\"");
    return " IN " + list();
  }

  std::string list() {
    need_sign("(");
    std::string sql = "(" + value();
    while (is_sign(",")) {
      advance();
      sql += ", " + value();
    }
    need_sign(")");
    return sql + ")";
  }

  std::string name() {
    if (token_.kind != TokenKind::kWord) expected("a column or a key of the configuration");
    const std::string word = token_.text;
    const auto column = std::find(kColumns.begin(), kColumns.end(), lower(word));
    if (column != kColumns.end()) {
      advance();
      return *column;
    }
    if (!is_config_key(word)) {
      std::vector<std::string> known(kColumns.begin(), kColumns.end());
      known.emplace_back("tag");
      std::string nearest = nearest_name(word, known);
      if (nearest.empty()) nearest = suggest_key(word);
      refuse(token_.begin, fmt::format("no such column: {}{}; expected a column of runs_view or a key of the "
                                       "configuration, such as optim.learning_rate",
                                       word, nearest.empty() ? "" : " (did you mean " + nearest + "?)"));
    }
    advance();
    return "json_extract(CASE WHEN json_valid(config) THEN config END, " + bound("$." + word) + ")";
  }

  std::string value() {
    std::string place;
    if (is_word("true") || is_word("false")) {
      place = bound(std::int64_t{is_word("true")});
    } else if (token_.kind == TokenKind::kText) {
      place = bound(token_.text);
    } else if (token_.kind == TokenKind::kNumber) {
      place = token_.is_whole ? bound(token_.whole) : bound(token_.real);
    } else {
      expected("a number, a 'text', true or false");
    }
    advance();
    return place;
  }

  template <typename Value>
  std::string bound(const Value& value) {
    if (condition_.values.size() == kMostValues) {
      refuse(token_.begin, fmt::format("expected at most {} values", kMostValues));
    }
    condition_.values.emplace_back(value);
    return fmt::format("?{}", condition_.values.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;  ///< behind token_
  Token token_;
  int depth_ = 0;
  RunCondition condition_;
};

}  // namespace

RunCondition parse_run_condition(std::string_view text) { return Parser(text).parse(); }

}  // namespace groklab
