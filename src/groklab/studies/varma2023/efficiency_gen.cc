// See efficiency_gen.h.
#include "groklab/studies/varma2023/efficiency_gen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/beside_margin.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

/// Spread of ln norm between seeds (of their means) and within a seed (over D), as standard deviations.
std::pair<double, double> spreads(const std::vector<EfficiencyPoint>& points, const SeedRange& seeds) {
  std::vector<double> means;
  double within = 0;
  std::int64_t freedom = 0;
  for (const std::int64_t seed : seeds.all()) {
    std::vector<double> logs;
    for (const EfficiencyPoint& p : points) {
      if (p.seed == seed) logs.push_back(std::log(p.norm_at_margin));
    }
    const Estimate mean = mean_estimate(logs);
    if (mean.n == 0) continue;
    means.push_back(mean.value);
    for (const double v : logs) within += (v - mean.value) * (v - mean.value);
    freedom += mean.n - 1;
  }
  const Estimate all = mean_estimate(means);
  double between = 0;
  for (const double m : means) between += (m - all.value) * (m - all.value);
  return {std::sqrt(between / std::max<double>(1, static_cast<double>(means.size()) - 1)),
          std::sqrt(within / std::max<double>(1, static_cast<double>(freedom)))};
}

std::vector<Test> gen_tests(const Estimate& flat, const Estimate& unfiltered, const Estimate& control) {
  const std::string rule =
      fmt::format("90 % interval within +-{}: equivalent to flat (two one-sided tests of 5 %)", kFlatExponent);
  return {
      {"exponent b of norm ~ D^b at equal margin, generalising networks", rule, flat, must_lie_within(kFlatExponent)},
      {"the same for all networks that generalise, without the filter on logits", rule + "; shown only", unfiltered,
       must_lie_within(kFlatExponent), false},
      {"negative control: the same test on random labels, which must be refuted", rule, control,
       must_lie_within(kFlatExponent), false}};
}

Json network_list(const std::vector<EfficiencyPoint>& points) {
  Json networks = Json::array();
  for (const EfficiencyPoint& p : points) {
    networks.push_back({{"seed", p.seed},
                        {"rows", p.rows},
                        {"invariant_squared_fraction", p.invariant_fraction},
                        {"test_accuracy", p.test_accuracy},
                        {"norm", p.norm},
                        {"margin", p.margin},
                        {"norm_at_margin", p.norm_at_margin},
                        {"norm_at_logit", p.norm_at_logit},
                        {"degree_of_margin", p.degree},
                        {"degree_of_logit", p.logit_degree}});
  }
  return networks;
}

}  // namespace

std::string complaint(const EfficiencyGenSizes& s) { return rows_complaint(s.rows, s.network.rows); }

EfficiencyGenSizes efficiency_gen_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  EfficiencyGenSizes sizes;
  sizes.network = s.network;
  sizes.seeds = s.seeds;
  sizes.weight_decay = s.weight_decay;
  sizes.parent_rows = s.parent_rows;
  sizes.parent_steps = s.parent_steps;
  sizes.rows = s.general_rows;
  sizes.memorised_rows = s.memorised_rows;
  sizes.relaxation = s.relaxation;
  return sizes;
}

EfficiencyGenRuns plan(SweepPlan& plan, const EfficiencyGenSizes& s) {
  EfficiencyGenRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    const RunIndex parent =
        converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, s.weight_decay);
    for (const std::int64_t rows : s.rows) {
      runs.forks.push_back({relaxed_fork(plan, s.relaxation, parent, rows), seed, rows, s.weight_decay});
    }
  }
  runs.memorised =
      memorised_points(plan, s.relaxation, s.network, s.seeds, s.memorised_rows, std::span(&s.weight_decay, 1));
  return runs;
}

EfficiencyGenMeasurement measure(const RunResults& results, const EfficiencyGenSizes& sizes,
                                 const EfficiencyGenRuns& runs) {
  return {sizes, measure_points(results, runs.forks, true), measure_points(results, runs.memorised, false)};
}

Judgement judge(const EfficiencyGenMeasurement& m) {
  Judgement result;
  const EfficiencyGenSizes& s = m.sizes;
  const std::vector<EfficiencyPoint> all = generalising(m.forks), points = passing(all);
  const auto slope = [&](const std::vector<EfficiencyPoint>& of) {
    return iso_logit_slope_within_seeds(of, s.weight_decay, kEquivalenceLevel);
  };
  const Estimate flat = slope(points);
  result.tests = gen_tests(flat, slope(all), slope(fitted(m.memorised)));
  const auto [between, within] = spreads(points, s.seeds);
  std::vector<double> norms;
  for (const EfficiencyPoint& p : points) norms.push_back(p.norm);
  result.n_seeds = flat.n;
  result.ours =
      fmt::format("norm ~ D^{:.3f}; norms {:.1f} to {:.1f}; spread of ln norm {:.3f} between seeds, {:.3f} within one",
                  flat.value, quantile(norms, 0), quantile(norms, 1), between, within);
  result.notes.push_back(fmt::format(
      "All are forks of a network trained on {} rows, each until it rests on its own rows; {} of {} came to rest.",
      s.parent_rows, std::count_if(m.forks.begin(), m.forks.end(), [](const auto& p) { return p.stationary; }),
      m.forks.size()));
  result.notes.push_back(
      fmt::format("{} of {} networks that generalise have 95 % of their logits' norm in the invariant component and "
                  "are kept, as in "
                  "the paper. The exponent is one for all seeds, each with its own level, as the paper finds the trend "
                  "within a seed.",
                  points.size(), all.size()));
  const Estimate at_logit = slope(at_equal_logit(points));
  result.notes.push_back(beside_margin_note(points, at_logit));
  add_beside_margin(result.data, points, at_logit);
  if (result.tests[2].verdict != Verdict::kRefuted) {
    result.notes.push_back("The negative control was not refuted: do not trust this verdict.");
  }
  result.data["negative_control"] = verdict_name(result.tests[2].verdict);
  result.data["networks"] = network_list(m.forks);
  result.data["spread_between_seeds"] = between;
  result.data["spread_within_seed"] = within;
  return result;
}

std::vector<report::Chart> figures(const EfficiencyGenMeasurement& m) {
  const std::vector<EfficiencyPoint> points = passing(generalising(m.forks));
  std::vector<XyPoint> iso, scatter;
  for (const EfficiencyPoint& p : points) {
    iso.push_back({"C_gen", static_cast<double>(p.rows), p.norm_at_margin, fmt::format("{}", p.seed)});
    scatter.push_back({fmt::format("seed {}", p.seed), p.norm, p.margin, fmt::format("{}", p.seed)});
  }
  for (const EfficiencyPoint& p : fitted(m.memorised)) {
    iso.push_back({"C_mem (random labels)", static_cast<double>(p.rows), p.norm_at_margin, fmt::format("{}", p.seed)});
  }
  std::vector<report::Chart> charts = {
      make_xy_chart(iso, {.id = "gen-iso-logit",
                          .title = "Iso-logit curves of both circuits",
                          .caption = "Norm for a mean margin of 10 against D; a line is a seed. C_gen stays level "
                                     "where C_mem climbs.",
                          .x_title = "training rows D",
                          .y_title = "norm at margin 10",
                          .log_x = true,
                          .log_y = true}),
      make_xy_chart(scatter, {.id = "gen-stripes",
                              .title = "Margin against norm, C_gen",
                              .caption = "A line joins the networks of one seed, which differ in D: stripes within "
                                         "a seed, more spread between seeds.",
                              .x_title = "norm of all parameters",
                              .y_title = "mean margin of training rows"})};
  const std::vector<report::Chart> beside = beside_margin_charts("gen", "C_gen", points);
  charts.insert(charts.end(), beside.begin(), beside.end());
  return charts;
}

Claim claim_efficiency_gen() {
  return make_claim<EfficiencyGenSizes, EfficiencyGenRuns, EfficiencyGenMeasurement>(
      {.id = "efficiency-gen",
       .title = "C_gen is equally efficient at every D",
       .statement = "Networks that generalise need the same parameter norm for the same logit, however many rows they "
                    "train on.",
       .paper = "No trend with D; norms usually 27 to 33, large spread over seeds (Fig. 3)",
       .sizes = efficiency_gen_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
