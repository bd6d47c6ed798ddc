// Effects and verdicts in words: "1.00 [0.65, 1.36]", "within 1.5x, biased 1.4x high".
#pragma once

#include <string>

#include "groklab/analysis/verdict.h"

namespace groklab::studies {

/// As many decimals as give the half width of the interval two digits; without an interval, or with an empty one, the
/// value alone; "-" for NaN.
std::string estimate_text(const Estimate& effect);
/// The interval alone: "[0.65, 1.36]"; "" without one.
std::string interval_text(const Estimate& effect);

/// What the interval says beyond the verdict: how far beyond a bound it lies, and a bias inside a margin. A bias is
/// said where the interval excludes 0; ratios are said as factors.
std::string verdict_words(const Estimate& effect, const Criterion& criterion);

}  // namespace groklab::studies
