// What arXiv:2501.04697 says of networks trained without weight decay, as data; its recipes from its repository
// (run_main_experiments.sh, figures 1 and 2), and one that a reader reports there (issue 8).
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::prieto2025 {

inline constexpr PublishedNumber kPlainFraction = {
    .what = "fraction that generalises with cross-entropy, no weight decay",
    .value = 0,
    .source = "arXiv:2501.04697, Fig. 1"};
inline constexpr PublishedNumber kStableMaxFraction = {
    .what = "fraction that generalises with StableMax, no weight decay",
    .value = 1,
    .source = "arXiv:2501.04697, Fig. 1, within 80,000 steps"};
inline constexpr PublishedNumber kOrthogonalFraction = {.what = "fraction that generalises with orthogonal gradients",
                                                        .value = 1,
                                                        .source = "arXiv:2501.04697, Fig. 1, within 300 steps"};
inline constexpr PublishedNumber kTunedDecay = {
    .what = "steps to generalise with weight decay up to 8, learning rate 0.01",
    .value = 200,
    .source = "its repository, issue 8: \"within 200 epochs\""};
inline constexpr const char* kFigure2 =
    "its repository, paper_plots.ipynb, stored figure 2, 60 % of the rows, read off";
inline constexpr PublishedNumber kAccuracy16 = {
    .what = "test accuracy after 20,000 steps, softmax in float16", .value = 0.15, .source = kFigure2};
inline constexpr PublishedNumber kAccuracy32 = {
    .what = "test accuracy after 20,000 steps, softmax in float32", .value = 0.3, .source = kFigure2};
inline constexpr PublishedNumber kAccuracy64 = {
    .what = "test accuracy after 20,000 steps, softmax in float64", .value = 0.53, .source = kFigure2};
inline constexpr PublishedNumber kCollapse16 = {
    .what = "step at which half of the rows have collapsed, float16", .value = 2000, .source = kFigure2};
inline constexpr PublishedNumber kCollapse32 = {
    .what = "step at which half of the rows have collapsed, float32", .value = 3000, .source = kFigure2};
inline constexpr PublishedNumber kCollapse64 = {
    .what = "step at which half of the rows have collapsed, float64", .value = 7000, .source = kFigure2};

}  // namespace groklab::studies::prieto2025
