// What the claims on efficiency show beside the norm at equal margin: the norm at an equal logit, and how steeply
// margin and logit of each network grow with its weights.
#pragma once

#include <string>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/report/chart.h"
#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"

namespace groklab::studies::varma2023 {

/// The same points with the norm at the reference logit in place of that at the reference margin: every exponent of
/// norm ~ D^b is computed in the same way of either.
std::vector<EfficiencyPoint> at_equal_logit(std::vector<EfficiencyPoint> points);

/// "At a mean centred correct logit of 30 in place of a margin of 10: b = 0.31 (0.29 to 0.33). Degrees of homogeneity,
/// ...": medians and ranges over networks.
std::string beside_margin_note(const std::vector<EfficiencyPoint>& points, const Estimate& exponent_at_logit);
/// The same as numbers: `exponent_at_logit` with its interval, `degree_of_margin` and `degree_of_logit` as median,
/// smallest and largest.
void add_beside_margin(Json& data, const std::vector<EfficiencyPoint>& points, const Estimate& exponent_at_logit);

/// Both norms against D, and both degrees against D. `prefix` begins their ids; `circuit` names it in the titles.
std::vector<report::Chart> beside_margin_charts(const std::string& prefix, const std::string& circuit,
                                                const std::vector<EfficiencyPoint>& points);

}  // namespace groklab::studies::varma2023
