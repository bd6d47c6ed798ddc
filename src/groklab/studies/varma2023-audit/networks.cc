// See networks.h.
#include "groklab/studies/varma2023-audit/networks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/studies/verdict_text.h"
#include "groklab/task/operation.h"

namespace groklab::studies::varma2023_audit {
namespace {

using varma2023::DcritMeasurement;
using varma2023::DcritNetwork;
using varma2023::DcritSizes;
using varma2023::DcritSummary;

Invariance invariance_of(const DcritNetwork& n) { return operation_descriptor(n.network.task.operation).invariance; }
bool has_no_symmetry(const DcritNetwork& n) { return invariance_of(n).law == GroupLaw::kNone; }
bool is_group(const DcritNetwork& n) {
  return !has_no_symmetry(n) && invariance_of(n).symbols == SymbolGroup::kTaskGroup;
}
bool is_modular(const DcritNetwork& n) { return !has_no_symmetry(n) && !is_group(n); }

/// [networks] ln(predicted / observed), NaN where either is unknown.
std::vector<double> log_ratios(const DcritSummary& s) {
  return varma2023::network_means(varma2023::differences(s.by_branches, s.by_composition));
}

/// Over ln of the geometric mean of both sizes: over the observed one its own error would lean the slope down, over the
/// predicted one up.
Estimate slope_over_size(const DcritSummary& s) {
  const std::vector<double> predicted = varma2023::network_means(s.by_branches),
                            observed = varma2023::network_means(s.by_composition), ratio = log_ratios(s);
  std::vector<double> size;
  for (std::size_t i = 0; i < ratio.size(); ++i) size.push_back(0.5 * (predicted[i] + observed[i]));
  return within_group_slope(std::vector<std::int64_t>(ratio.size(), 0), size, ratio, kEquivalenceLevel);
}

Estimate mean_over(const DcritMeasurement& m, const DcritSummary& s, bool (*belongs)(const DcritNetwork&)) {
  std::vector<double> ratios = log_ratios(s);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    if (!belongs(m.sizes.networks[i])) ratios[i] = std::nan("");
  }
  return mean_estimate(ratios, kEquivalenceLevel);
}

std::vector<DcritNetwork> standard_networks(const Scale& scale) {
  // Sizes a factor of 1.37 apart around what pilots with seeds below 100 found for rho = 1. `steps`: of the relaxation
  // on three times as many rows as at D_crit, where it is three times as long. Of those pilots' forks 38 of 54 rested
  // after 30,000 steps.
  const auto around = [&](const TaskNetwork& network, double middle, std::int64_t parent_steps,
                          std::int64_t steps = 20000) {
    DcritNetwork n = varma2023::dcrit_network(scale, network, middle, parent_steps);
    n.rows.clear();
    for (const double factor : {0.63, 0.86, 1.18, 1.62}) n.rows.push_back(std::llround(factor * middle));
    if (scale.name != "smoke") n.relaxation.steps = steps;
    return n;
  };
  return {around(modular_network(11, 32), 47, 5000),
          around(modular_network(13, 32), 62, 5000),
          around(modular_network(17, 32), 80, 5000),
          around(modular_network(23, 32), 105, 5000),
          around(modular_network(29, 32), 125, 6000),
          around(modular_network(37, 32), 155, 6000),
          around(modular_network(59, 32), 245, 6000, 14000),
          around(modular_network(23, 32, "multiply"), 115, 6000),
          around(group_network(GroupKind::kDihedral, 8, 32), 88, 8000),
          around(group_network(GroupKind::kDihedral, 10, 32), 125, 8000),
          around(modular_network(23, 48, "quadratic"), 205, 8000, 14000),
          around(modular_network(31, 48, "quadratic"), 370, 8000, 14000)};
}

}  // namespace

DcritSizes network_sizes(const Scale& scale) {
  DcritSizes s;
  s.seeds = varma2023::seeds_of(scale, varma2023::by_scale<std::int64_t>(scale, 2, 3, 5, 5), 8000);
  s.networks = standard_networks(scale);
  if (scale.name == "smoke") s.networks.resize(2);
  if (scale.name == "quick") s.networks.resize(4);
  return s;
}

Judgement judge_networks(const DcritMeasurement& m) {
  const DcritSummary s = varma2023::summarise_dcrit(m);
  Judgement result;
  result.tests = {
      varma2023::within_ten_per_cent(
          "ln(predicted / observed D_crit), equal objectives against rho = 1, mean over networks",
          mean_estimate(log_ratios(s), kEquivalenceLevel), true),
      varma2023::within_ten_per_cent("the same, median over networks (order statistics)",
                                     median_estimate(log_ratios(s), kEquivalenceLevel), true),
      {"slope of ln(predicted / observed) over ln of their geometric mean, over networks",
       fmt::format("90 % interval within +-{}: as right for large networks as for small ones", kSlopeWithin),
       slope_over_size(s), must_lie_within(kSlopeWithin)},
      {"fraction of a network's seeds whose prediction lies between ungrokking and generalising from scratch",
       fmt::format("above {}", varma2023::kInBracket), varma2023::bracket_estimate(s),
       must_be_above(varma2023::kInBracket)}};
  for (const char* rival : {varma2023::kConstantRival, varma2023::kTableRival, varma2023::kLogRival}) {
    result.tests.push_back(varma2023::rival_test(s, rival, true));
  }
  result.tests.push_back(varma2023::within_ten_per_cent(
      "ln(predicted / observed), mean over modular addition and multiplication", mean_over(m, s, is_modular), false));
  result.tests.push_back(varma2023::within_ten_per_cent("ln(predicted / observed), mean over dihedral groups",
                                                        mean_over(m, s, is_group), false));
  result.tests.push_back(varma2023::within_ten_per_cent(
      "ln(predicted / observed), mean over operations without a symmetry", mean_over(m, s, has_no_symmetry), false));
  result.n_seeds = m.sizes.seeds.count;
  result.n_censored = s.n_censored;
  result.censoring = "networks' seeds whose predicted or observed size lies outside the grid";
  const Estimate &mean = result.tests[0].effect, &slope = result.tests[2].effect;
  result.ours = fmt::format(
      "over {} networks with D_crit from {:.0f} to {:.0f}: predicted / observed {:.2f} ({:.2f} to {:.2f}), as D to the "
      "power {:.2f} ({:.2f} to {:.2f})",
      mean.n, s.smallest, s.largest, std::exp(mean.value), std::exp(mean.low), std::exp(mean.high), slope.value,
      slope.low, slope.high);
  result.data["networks"] = varma2023::networks_json(s);
  if (s.n_restless > 0) {
    result.notes.push_back(fmt::format("{} runs did not come to rest and are left out.", s.n_restless));
  }
  return result;
}

Claim claim_dcrit_networks() {
  return make_claim<DcritSizes, varma2023::DcritRuns, DcritMeasurement>(
      {.id = "dcrit-networks",
       .title = "D_crit is predicted on networks of every kind and size",
       .statement =
           "Where both circuits cost the optimiser the same, networks turn: modular or not, with a symmetry or "
           "without, small or large.",
       .paper = "No prediction; for p = 113 norms cross at 500 to 1000 rows and networks ungrok at 800 to 1000",
       .sizes = network_sizes,
       .plan = varma2023::plan,
       .measure = varma2023::measure,
       .judge = judge_networks,
       .figures = varma2023::figures});
}

}  // namespace groklab::studies::varma2023_audit
