// See verdict_text.h.
#include "groklab/studies/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/view/text.h"

namespace groklab::studies {
namespace {

bool has_interval(const Estimate& e) { return std::isfinite(e.low) && std::isfinite(e.high) && e.low < e.high; }

/// Digits after the point that give `width` two significant digits.
int decimals_for(double width) { return std::clamp(1 - static_cast<int>(std::floor(std::log10(width))), 0, 9); }

std::string fixed(double value, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  return text.find_first_not_of("-0.") == std::string::npos && text.front() == '-' ? text.substr(1) : text;
}

/// exp or 10^ of an effect that is the logarithm of a ratio.
double ratio_of(double effect, EffectScale scale) {
  return scale == EffectScale::kLog10Ratio ? std::pow(10.0, effect) : std::exp(effect);
}

/// A factor of 1 or more; closer to 1 it needs more digits: 1.02, 1.4, 12.
std::string factor_text(double distance, EffectScale scale) {
  const double factor = ratio_of(std::abs(distance), scale);
  return fmt::format("{}×", fixed(factor, factor < 1.1 ? 3 : factor < 10 ? 2 : factor < 100 ? 1 : 0));
}

/// Two significant digits of a distance.
std::string distance_text(double distance) {
  const double size = std::abs(distance);
  return size > 0 ? fixed(size, decimals_for(size)) : "0";
}

std::string bias_text(const Estimate& e, EffectScale scale) {
  if (scale == EffectScale::kNumber) return fmt::format("{}{}", e.value > 0 ? "+" : "-", distance_text(e.value));
  return fmt::format("{} {}", factor_text(e.value, scale), e.value > 0 ? "high" : "low");
}

std::string within_words(const Estimate& e, const Criterion& c) {
  const bool is_ratio = c.scale != EffectScale::kNumber, biased = e.low > 0 || e.high < 0;
  const std::string margin = is_ratio ? factor_text(c.bound, c.scale) : "±" + format_number(c.bound);
  const std::string bias = bias_text(e, c.scale);
  switch (judge_criterion(e, c)) {
    case Verdict::kConfirmed:
      return fmt::format("within {}, {}", margin, biased ? "biased " + bias : "no bias seen");
    case Verdict::kRefuted:
      return fmt::format("outside {}: {}", margin, bias);
    case Verdict::kInconclusive:
      break;
  }
  return fmt::format("{}; the interval reaches both sides of {}", biased ? bias : "no bias seen", margin);
}

std::string one_sided_words(const Estimate& e, const Criterion& c) {
  const bool is_ratio = c.scale != EffectScale::kNumber;
  const std::string bound =
      is_ratio ? fmt::format("a ratio of {}", format_number(ratio_of(c.bound, c.scale))) : format_number(c.bound);
  const auto distance = [&](double end) {
    return is_ratio ? "by " + factor_text(end - c.bound, c.scale) : "by " + distance_text(end - c.bound);
  };
  // The end of the interval that is nearest to the bound.
  if (e.low > c.bound) return fmt::format("above {} {} or more", bound, distance(e.low));
  if (e.high < c.bound) return fmt::format("below {} {} or more", bound, distance(e.high));
  return fmt::format("{} {} {}, but the interval includes it", e.value < c.bound ? "below" : "above", bound,
                     distance(e.value));
}

}  // namespace

std::string interval_text(const Estimate& e) {
  if (!has_interval(e)) return "";
  const int decimals = decimals_for(0.5 * (e.high - e.low));
  return fmt::format("[{}, {}]", fixed(e.low, decimals), fixed(e.high, decimals));
}

std::string estimate_text(const Estimate& e) {
  if (!std::isfinite(e.value) || !has_interval(e)) return format_number(e.value);
  return fmt::format("{} {}", fixed(e.value, decimals_for(0.5 * (e.high - e.low))), interval_text(e));
}

std::string verdict_words(const Estimate& effect, const Criterion& criterion) {
  if (!std::isfinite(effect.low) || !std::isfinite(effect.high)) return "no interval";
  switch (criterion.comparison) {
    case Comparison::kAbove:
    case Comparison::kBelow:
      return one_sided_words(effect, criterion);
    case Comparison::kWithin:
      return within_words(effect, criterion);
    case Comparison::kUnstated:
      break;
  }
  return "";
}

}  // namespace groklab::studies
