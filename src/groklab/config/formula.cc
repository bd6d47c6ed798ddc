// See formula.h. A descent by hand: the language is small, and its messages name the column.
#include "groklab/config/formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config/polynomial.h"

namespace groklab {
namespace {

constexpr std::size_t kLongest = 1000;  // bytes
constexpr int kDeepest = 50;            // brackets and signs
constexpr std::int64_t kLargest = std::int64_t{1} << 62;

const Polynomial kOne = {{1, 0, 0}};

/// numerator / denominator.
struct Quotient {
  Polynomial numerator, denominator;
};

bool is_constant(const Polynomial& a) { return a.empty() || (a.size() == 1 && a[0].x_power == 0 && a[0].y_power == 0); }

/// Takes powers of a variable out of both, as long as the denominator keeps one: where it is 0 there is no value.
void cancel(Quotient& q, std::int64_t FormulaTerm::*power) {
  const auto least = [&](const Polynomial& a) {
    std::int64_t found = kLargest;
    for (const FormulaTerm& term : a) found = std::min(found, term.*power);
    return found;
  };
  const std::int64_t common = std::min(least(q.numerator), least(q.denominator) - 1);
  if (common <= 0 || q.numerator.empty()) return;
  for (Polynomial* part : {&q.numerator, &q.denominator}) {
    for (FormulaTerm& term : *part) term.*power -= common;
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    const std::size_t null = text.find('\0');
    if (null != text.npos) refuse(null, "expected text, found a byte 0");
    if (text.size() > kLongest) refuse(kLongest, fmt::format("expected at most {} bytes", kLongest));
  }

  Formula parse() {
    Quotient q = sum();
    Formula formula;
    if (take("mod")) formula.modulus = number("the modulus, a number");
    if (peek() != '\0') expected(formula.modulus ? "the end" : "+, -, *, /, ^, mod or the end");
    if (is_constant(q.numerator) && is_constant(q.denominator)) {
      refuse(0, "expected a formula with x or y, found a number");
    }
    cancel(q, &FormulaTerm::x_power);
    cancel(q, &FormulaTerm::y_power);
    if (q.denominator.front().coefficient < 0) {
      q = {negated(std::move(q.numerator)), negated(std::move(q.denominator))};
    }
    formula.numerator = std::move(q.numerator);
    formula.denominator = std::move(q.denominator);
    return formula;
  }

 private:
  [[noreturn]] void refuse(std::size_t place, const std::string& why) const {
    fail(ErrorKind::kConfig, "formula \"{}\": at {}: {}", text_.substr(0, 200), place + 1, why);
  }
  [[noreturn]] void expected(std::string_view what) {
    const char found = peek();
    refuse(at_, fmt::format("expected {}, found {}", what, found == '\0' ? "its end" : fmt::format("'{}'", found)));
  }
  /// The next sign behind blanks; 0 at the end.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(std::string_view word) {
    peek();
    const bool found = text_.substr(at_).starts_with(word);
    if (found) at_ += word.size();
    return found;
  }
  Polynomial small(std::optional<Polynomial> a, std::size_t place) const {
    if (!a) refuse(place, "expected at most 100 terms, coefficients below 2^62 and powers below 2^30, multiplied out");
    return std::move(*a);
  }

  Quotient times(const Quotient& a, const Quotient& b, std::size_t place) const {
    return {small(product_of(a.numerator, b.numerator), place), small(product_of(a.denominator, b.denominator), place)};
  }
  Quotient plus(const Quotient& a, const Quotient& b, std::size_t place) const {
    if (a.denominator == b.denominator) return {small(sum_of(a.numerator, b.numerator), place), a.denominator};
    const Polynomial left = small(product_of(a.numerator, b.denominator), place);
    const Polynomial right = small(product_of(b.numerator, a.denominator), place);
    return {small(sum_of(left, right), place), small(product_of(a.denominator, b.denominator), place)};
  }
  /// 1 / a, which has no value where a has none: a's denominator stays below.
  Quotient inverse(const Quotient& a, std::size_t place) const {
    if (a.numerator.empty()) refuse(place, "expected a divisor other than 0");
    if (a.denominator == kOne) return {a.denominator, a.numerator};
    return times({a.denominator, a.numerator}, {a.denominator, a.denominator}, place);
  }
  Quotient power(const Quotient& a, std::int64_t exponent, std::size_t place) const {
    return {small(power_of(a.numerator, exponent), place), small(power_of(a.denominator, exponent), place)};
  }

  Quotient sum() {
    Quotient value = product();
    for (;;) {
      const std::size_t place = at_;
      if (take("+")) {
        value = plus(value, product(), place);
      } else if (take("-")) {
        Quotient right = product();
        right.numerator = negated(std::move(right.numerator));
        value = plus(value, right, place);
      } else {
        return value;
      }
    }
  }

  Quotient product() {
    Quotient value = factor();
    for (bool divided = false;;) {
      const char sign = peek();
      const std::size_t place = at_;
      const bool power = text_.substr(at_).starts_with("**");
      if (sign == '*' && !power) {
        ++at_;
        value = times(value, factor(), place);
      } else if (sign == '/') {
        ++at_;
        divided = true;
        value = times(value, inverse(factor(), place), place);
      } else if (sign == 'x' || sign == 'y' || sign == '(') {
        if (divided) refuse(place, "expected * or brackets behind a division, which can be read in two ways without");
        value = times(value, factor(), place);
      } else {
        return value;
      }
    }
  }

  Quotient factor() {
    if (++depth_ > kDeepest) refuse(at_, fmt::format("expected at most {} brackets in brackets", kDeepest));
    Quotient value;
    if (take("-")) {
      value = factor();
      value.numerator = negated(std::move(value.numerator));
    } else {
      value = atom();
      const std::size_t place = at_;
      if (take("^") || take("**")) {
        const bool negative = take("-");
        const std::int64_t exponent = number("a number");
        value = power(negative ? inverse(value, place) : value, exponent, place);
      }
    }
    --depth_;
    return value;
  }

  Quotient atom() {
    const char sign = peek();
    if (sign == 'x' || sign == 'y') {
      ++at_;
      return {{{1, sign == 'x' ? 1 : 0, sign == 'y' ? 1 : 0}}, kOne};
    }
    if (sign == '(') {
      ++at_;
      Quotient inner = sum();
      if (!take(")")) expected("')'");
      return inner;
    }
    const std::int64_t value = number("x, y, a number or '('");
    return {value == 0 ? Polynomial{} : Polynomial{{value, 0, 0}}, kOne};
  }

  std::int64_t number(std::string_view what) {
    if (std::isdigit(static_cast<unsigned char>(peek())) == 0) expected(what);
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value >= kLargest) refuse(at_, "expected a number below 2^62");
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// In brackets where a division would take less than all of it.
std::string divisor_text(const Polynomial& a) {
  const std::string text = polynomial_text(a);
  return text.find_first_of(" *") == std::string::npos ? text : "(" + text + ")";
}

}  // namespace

bool Formula::divides() const { return denominator != kOne; }

Formula parse_formula(std::string_view text) { return Parser(text).parse(); }

std::string formula_text(const Formula& formula) {
  const std::string numerator = polynomial_text(formula.numerator);
  if (!formula.divides()) return numerator;
  return (formula.numerator.size() > 1 ? "(" + numerator + ")" : numerator) + "/" + divisor_text(formula.denominator);
}

bool looks_like_formula(std::string_view text) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return text == "x" || text == "y" || !std::all_of(text.begin(), text.end(), is_word) ||
         (!text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0);
}

}  // namespace groklab
