// See efficiency_mem.h.
#include "groklab/studies/varma2023/efficiency_mem.h"

#include <fmt/format.h>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/beside_margin.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

Estimate mem_slope(const EfficiencyMemSizes& sizes, const std::vector<EfficiencyPoint>& points, double weight_decay) {
  return mean_estimate(
      per_seed(sizes.seeds, [&](std::int64_t seed) { return iso_logit_slope(points, seed, weight_decay); }));
}

Test mem_test(const std::string& what, const Estimate& effect) {
  return {"exponent b of norm ~ D^b at equal margin, " + what,
          fmt::format("above {}: more rows need more norm; the bound that makes C_gen count as flat", kFlatExponent),
          effect, must_be_above(kFlatExponent)};
}

}  // namespace

std::string complaint(const EfficiencyMemSizes& s) { return rows_complaint(s.rows, s.network.rows); }

EfficiencyMemSizes efficiency_mem_sizes(const Scale& scale) {
  CommonSizes s = common_sizes(scale);
  if (scale_index(scale) == 1) s.weight_decays = {s.weight_decay};  // others double the time
  return {s.network, s.seeds, s.weight_decay, s.weight_decays, s.memorised_rows, s.relaxation};
}

EfficiencyMemRuns plan(SweepPlan& plan, const EfficiencyMemSizes& s) {
  return {memorised_points(plan, s.relaxation, s.network, s.seeds, s.rows, s.weight_decays),
          memorised_points(plan, s.relaxation, s.network, s.seeds, s.rows, std::span(&s.weight_decay, 1),
                           LabelKind::kRandomCommutative)};
}

EfficiencyMemMeasurement measure(const RunResults& results, const EfficiencyMemSizes& sizes,
                                 const EfficiencyMemRuns& runs) {
  return {sizes, measure_points(results, runs.random, false), measure_points(results, runs.commutative, false)};
}

Judgement judge(const EfficiencyMemMeasurement& m) {
  Judgement result;
  const EfficiencyMemSizes& s = m.sizes;
  const std::vector<EfficiencyPoint> random = fitted(m.random), commutative = fitted(m.commutative);
  const Estimate headline = mem_slope(s, random, s.weight_decay);
  result.tests = {mem_test(fmt::format("random labels, weight decay {}", s.weight_decay), headline),
                  mem_test("random labels that commute", mem_slope(s, commutative, s.weight_decay))};
  for (const double weight_decay : s.weight_decays) {
    if (weight_decay == s.weight_decay) continue;
    result.tests.push_back(
        mem_test(fmt::format("random labels, weight decay {}", weight_decay), mem_slope(s, random, weight_decay)));
  }
  result.n_seeds = headline.n;
  result.ours = fmt::format("norm ~ D^{:.2f} between D = {} and {}", headline.value, s.rows.front(), s.rows.back());
  result.notes.push_back(
      "The paper gives curves and no exponent. Norms are compared at a mean margin of 10 by scaling each network, "
      "which is the definition of a circuit's efficiency; raw correct logits also hold the wrong classes' logits.");
  const Estimate at_logit = mem_slope(s, at_equal_logit(random), s.weight_decay);
  result.notes.push_back("Random labels: " + beside_margin_note(random, at_logit));
  add_beside_margin(result.data, random, at_logit);
  return result;
}

std::vector<report::Chart> figures(const EfficiencyMemMeasurement& m) {
  const std::vector<EfficiencyPoint> random = fitted(m.random), commutative = fitted(m.commutative);
  std::vector<XyPoint> iso, scatter;
  for (const double weight_decay : m.sizes.weight_decays) {
    for (const EfficiencyPoint& p : random) {
      if (p.weight_decay != weight_decay) continue;
      iso.push_back({fmt::format("random, weight decay {}", weight_decay), static_cast<double>(p.rows),
                     p.norm_at_margin, fmt::format("{}", p.seed)});
    }
  }
  for (const EfficiencyPoint& p : commutative) {
    iso.push_back({"random commutative", static_cast<double>(p.rows), p.norm_at_margin, fmt::format("{}", p.seed)});
  }
  for (const std::int64_t rows : sizes_of(random)) {
    for (const EfficiencyPoint& p : random) {
      if (p.rows == rows) scatter.push_back({fmt::format("D = {}", rows), p.norm, p.margin});
    }
  }
  std::vector<report::Chart> charts = {
      make_xy_chart(iso, {.id = "mem-iso-logit",
                          .title = "Iso-logit curves of C_mem",
                          .caption = "Norm that a network of random labels needs for a mean margin of 10. It grows "
                                     "with the number of rows, whatever the weight decay.",
                          .x_title = "training rows D",
                          .y_title = "norm at margin 10",
                          .log_x = true,
                          .log_y = true}),
      make_xy_chart(scatter, {.id = "mem-scatter",
                              .title = "Margin against norm, C_mem",
                              .caption = "Converged networks of all seeds and weight decays. More rows lie at "
                                         "larger norms for the same margin.",
                              .x_title = "norm of all parameters",
                              .y_title = "mean margin of training rows",
                              .lines = false})};
  const std::vector<report::Chart> beside = beside_margin_charts("mem", "C_mem", random);
  charts.insert(charts.end(), beside.begin(), beside.end());
  return charts;
}

Claim claim_efficiency_mem() {
  return make_claim<EfficiencyMemSizes, EfficiencyMemRuns, EfficiencyMemMeasurement>(
      {.id = "efficiency-mem",
       .title = "C_mem is less efficient the more rows it memorises",
       .statement = "Networks trained on random labels need more parameter norm for the same logit as D grows.",
       .paper = "Iso-logit curves rise with D for every weight decay (Fig. 3); no exponent is given",
       .sizes = efficiency_mem_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
