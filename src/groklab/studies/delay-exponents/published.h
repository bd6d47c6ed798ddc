// What publications say of the time to generalise as a power of hyper-parameters, as data. They disagree.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::delay_exponents {

inline constexpr const char* kNormSeparation = "arXiv:2603.13331";
inline constexpr const char* kScalingLaws = "openreview.net/forum?id=TGqGmGZ2Hz, abstract";
inline constexpr const char* kDecayRegimes = "arXiv:2605.20441, abstract";

// T_grok - T_mem = Theta(1 / (eta lambda)): "inverse scaling with weight decay" and "with learning rate".
inline constexpr PublishedNumber kInverseDecay = {
    .what = "exponent of the delay in lambda", .value = -1, .source = "arXiv:2603.13331, abstract (the law)"};
inline constexpr PublishedNumber kInverseRate = {
    .what = "exponent of the delay in eta", .value = -1, .source = "arXiv:2603.13331, abstract (the law)"};
/// Least squares through its medians 13000, 5000, 3000, 2000 at lambda 0.1, 0.3, 0.5, 1.
inline constexpr PublishedNumber kMediansSlope = {.what = "exponent of T_grok in lambda, of its own medians",
                                                  .value = -0.81,
                                                  .source = "arXiv:2603.13331, medians at p = 97"};

inline constexpr PublishedNumber kSweepDecay = {
    .what = "exponent of T_grok in lambda", .value = -0.64, .source = kScalingLaws};
inline constexpr PublishedNumber kSweepRate = {
    .what = "exponent of T_grok in eta", .value = -0.50, .source = kScalingLaws};
inline constexpr PublishedNumber kSweepRows = {
    .what = "exponent of T_grok in D", .value = -2.04, .source = kScalingLaws};
inline constexpr PublishedNumber kSweepWidth = {
    .what = "exponent of T_grok in the width H", .value = -0.27, .source = kScalingLaws};

inline constexpr PublishedNumber kTransformerDecay = {
    .what = "exponent of T_grok in lambda", .value = -0.757, .low = -0.799, .high = -0.725, .source = kDecayRegimes};
inline constexpr PublishedNumber kCriticalDecay = {.what = "lambda_c below which hardly a run generalises",
                                                   .value = 0.0158,
                                                   .low = 0.0109,
                                                   .high = 0.0200,
                                                   .source = kDecayRegimes};

}  // namespace groklab::studies::delay_exponents
