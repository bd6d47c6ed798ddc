// What arXiv:2605.09724 says of memorising and generalising as functions of the
// number of parameters, as data; its definitions from its repository
// (configs/central.yaml, analysis/aggregate.py).
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::song2026 {

inline constexpr PublishedNumber kOnsetAtCrossing = {
    .what = "parameters where grokking begins / where T_mem = T_gen",
    .value = 1,
    .source = "arXiv:2605.09724, abstract: \"close to\"; no number was read"};

}  // namespace groklab::studies::song2026
