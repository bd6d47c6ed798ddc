// See polynomial.h.
#include "groklab/config/polynomial.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace groklab {
namespace {

constexpr std::size_t kMostTerms = 100;
constexpr std::int64_t kCoefficients = std::int64_t{1} << 62;
constexpr std::int64_t kPowers = std::int64_t{1} << 30;

/// By degree, then by the power of x, highest first.
struct Order {
  bool operator()(const std::pair<std::int64_t, std::int64_t>& a,
                  const std::pair<std::int64_t, std::int64_t>& b) const {
    return std::pair(a.first + a.second, a.first) > std::pair(b.first + b.second, b.first);
  }
};
using Sum = std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t, Order>;

bool is_small(std::int64_t coefficient) { return coefficient > -kCoefficients && coefficient < kCoefficients; }

bool add(Sum& sum, const FormulaTerm& term) {
  std::int64_t& coefficient = sum[{term.x_power, term.y_power}];
  coefficient += term.coefficient;  // both are below 2^62
  return is_small(coefficient) && term.x_power < kPowers && term.y_power < kPowers &&
         sum.size() <= kMostTerms * kMostTerms;
}

std::optional<Polynomial> terms_of(const Sum& sum) {
  Polynomial terms;
  for (const auto& [powers, coefficient] : sum) {
    if (coefficient != 0) terms.push_back({coefficient, powers.first, powers.second});
  }
  if (terms.size() > kMostTerms) return std::nullopt;
  return terms;
}

std::string factor_text(const char* variable, std::int64_t power) {
  return power == 1 ? variable : fmt::format("{}^{}", variable, power);
}

/// Without its sign.
std::string term_text(const FormulaTerm& term) {
  const std::int64_t size = term.coefficient < 0 ? -term.coefficient : term.coefficient;
  std::string text;
  const auto append = [&](const std::string& factor) { text += (text.empty() ? "" : "*") + factor; };
  if (size != 1 || (term.x_power == 0 && term.y_power == 0)) append(fmt::format("{}", size));
  if (term.x_power > 0) append(factor_text("x", term.x_power));
  if (term.y_power > 0) append(factor_text("y", term.y_power));
  return text;
}

}  // namespace

std::optional<Polynomial> sum_of(const Polynomial& a, const Polynomial& b) {
  Sum sum;
  for (const Polynomial* part : {&a, &b}) {
    for (const FormulaTerm& term : *part) {
      if (!add(sum, term)) return std::nullopt;
    }
  }
  return terms_of(sum);
}

std::optional<Polynomial> product_of(const Polynomial& a, const Polynomial& b) {
  Sum sum;
  for (const FormulaTerm& s : a) {
    for (const FormulaTerm& t : b) {
      FormulaTerm term{0, s.x_power + t.x_power, s.y_power + t.y_power};
      const bool overflows = __builtin_mul_overflow(s.coefficient, t.coefficient, &term.coefficient);
      if (overflows || !is_small(term.coefficient) || !add(sum, term)) return std::nullopt;
    }
  }
  return terms_of(sum);
}

std::optional<Polynomial> power_of(const Polynomial& a, std::int64_t exponent) {
  std::optional<Polynomial> result = Polynomial{{1, 0, 0}}, square = a;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = product_of(*result, *square);
    if (!result || exponent == 1) return result;
    square = product_of(*square, *square);
    if (!square) return std::nullopt;
  }
  return result;
}

Polynomial negated(Polynomial a) {
  for (FormulaTerm& term : a) term.coefficient = -term.coefficient;
  return a;
}

std::string polynomial_text(const Polynomial& a) {
  std::string text;
  for (const FormulaTerm& term : a) {
    const char* sign = term.coefficient < 0 ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
    text += sign + term_text(term);
  }
  return text.empty() ? "0" : text;
}

}  // namespace groklab
