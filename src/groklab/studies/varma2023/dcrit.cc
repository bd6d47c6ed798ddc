// See dcrit.h. What is computed from the measurement is in dcrit_summary.cc, the networks in dcrit_networks.cc.
#include "groklab/studies/varma2023/dcrit.h"

#include <fmt/format.h>

#include <algorithm>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/dcrit_summary.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

std::vector<Test> dcrit_tests(const DcritSummary& s) {
  const Estimate bracket = bracket_estimate(s);
  std::vector<Test> tests = {
      within_ten_per_cent("ln(predicted / observed D_crit), equal objectives against rho = 1, mean over networks",
                          mean_log_ratio(s, s.by_branches, s.by_composition), true),
      within_ten_per_cent("the same, median over networks (order statistics)",
                          median_log_ratio(s, s.by_branches, s.by_composition), true),
      {"fraction of a network's seeds whose prediction lies between ungrokking and generalising from scratch",
       fmt::format("above {}", kInBracket), bracket, must_be_above(kInBracket)},
      rival_test(s, kConstantRival, true),
      rival_test(s, kTableRival, true),
      rival_test(s, kLogRival, false),
      rival_test(s, kRaceRival, false),
      within_ten_per_cent("ln(predicted / observed D_crit), pure states (norms at equal margin, random labels), mean",
                          mean_log_ratio(s, s.by_pure_states, s.by_composition), false),
      within_ten_per_cent("ln(predicted D_crit / midpoint of test accuracy), equal objectives, mean",
                          mean_log_ratio(s, s.by_branches, s.by_accuracy), false)};
  const Estimate slope = log_log_slope(s);
  tests.push_back(
      {"exponent b of observed ~ predicted^b over networks", "above 0; shown beside", slope, must_be_above(0), false});
  return tests;
}

/// Varma et al. (2023), Fig. 3 and 4 and appendix A.2: ranges, of which the mark is the geometric mean.
XyPoint paper_point() {
  XyPoint point = {"the paper, p = 113", std::sqrt(800.0 * 1000.0), std::sqrt(500.0 * 1000.0), "the paper", 500, 1000};
  point.x_low = 800;
  point.x_high = 1000;
  return point;
}

/// A network's name at its point: most are x + y, which the caption says once.
std::string short_name(const std::string& network) {
  constexpr std::string_view kUsual = "x + y ";
  return network.starts_with(kUsual) ? network.substr(kUsual.size()) : network;
}

/// Predicted against observed, a mark a network with both intervals; rivals at their fitted constants.
report::Chart prediction_chart(const DcritSummary& s) {
  std::vector<XyPoint> points;
  for (std::size_t i = 0; i < s.networks.size(); ++i) {
    const Estimate observed = network_estimate(s.by_composition, i), predicted = network_estimate(s.by_branches, i);
    points.push_back({"prediction: equal objectives", std::exp(observed.value), std::exp(predicted.value),
                      short_name(s.networks[i]), std::exp(predicted.low), std::exp(predicted.high)});
    points.back().x_low = std::exp(observed.low);
    points.back().x_high = std::exp(observed.high);
    for (const char* rival : {kTableRival, kLogRival, kConstantRival}) {
      points.push_back({std::string("rival: ") + rival, std::exp(observed.value),
                        std::exp(rival_prediction(s, rival, i)), short_name(s.networks[i])});
    }
  }
  if (!points.empty()) points.push_back(paper_point());
  const Estimate ratio = mean_log_ratio(s, s.by_branches, s.by_composition);
  return make_xy_chart(
      points,
      {.id = "dcrit-predicted-observed",
       .title = "Critical data-set size: predicted against observed",
       .caption = fmt::format(
           "A mark is a network: where its two kinds of resting states have equal objectives (predicted), and where "
           "both "
           "circuits give equal logits in networks that are being ungrokked (observed), with 95 % intervals over "
           "seeds. "
           "Predicted / observed is {:.2f} ({:.2f} to {:.2f}) on average; the band is a factor of 1.1. Small marks are "
           "rivals, each with one constant that is fitted to the other networks. Names without an operation are x + y. "
           "The paper gives no prediction; its mark has the ranges that its "
           "figures show for p = 113: 500 to 1000 from norms, 800 to 1000 from ungrokking.",
           std::exp(ratio.value), std::exp(ratio.low), std::exp(ratio.high)),
       .x_title = "observed D_crit",
       .y_title = "predicted D_crit",
       .log_x = true,
       .log_y = true,
       .lines = false,
       .line_title = "network",
       .diagonal = true,
       .band = 1.1,
       .square = true,
       .names = true});
}

/// ln F_G / F_M of the resting states against D / observed D_crit: how the prediction is made.
report::Chart branches_chart(const DcritMeasurement& m, const DcritSummary& s) {
  std::vector<XyPoint> points;
  for (std::size_t i = 0; i < m.networks.size(); ++i) {
    const double observed = std::exp(network_estimate(s.by_composition, i).value);
    for (const BranchPoint& p : branch_points(m.networks[i])) {
      points.push_back({s.networks[i], static_cast<double>(p.rows) / observed, p.log_ratio, fmt::format("{}", p.seed)});
    }
  }
  return make_xy_chart(points, {.id = "dcrit-branches",
                                .title = "Which resting state has the lower objective",
                                .caption = "ln of the generalising state's objective over the memorising state's, same "
                                           "rows and true labels, against D in units of the observed D_crit. Theory: "
                                           "the lines pass through 0 at 1. A line is a seed.",
                                .x_title = "D / observed D_crit",
                                .y_title = "ln(F_G / F_M)",
                                .log_x = true,
                                .rules = {{1, "observed"}}});
}

}  // namespace

Test within_ten_per_cent(const std::string& what, const Estimate& e, bool counts) {
  return {what, fmt::format("90 % interval within +-ln(1.1) = {:.3f}", kPredictedWithin), e,
          must_lie_within(kPredictedWithin, EffectScale::kLnRatio), counts};
}

Test rival_test(const DcritSummary& s, const std::string& rival, bool counts) {
  const Estimate e = error_against(s, rival);
  return {fmt::format("|ln error| of the prediction less that of {}, mean over networks", rival),
          "below 0: nearer to the observation than the rival, whose one constant is fitted to the other networks", e,
          must_be_below(0), counts};
}

std::string complaint(const DcritNetwork& n) {
  for (const auto* rows : {&n.rows, &n.scratch_rows, &n.memorised_rows}) {
    if (rows->empty() && rows != &n.rows) continue;
    if (const std::string text = rows_complaint(*rows, n.network.rows); !text.empty()) return text;
  }
  if (n.parent_rows <= n.rows.back() || n.parent_rows > n.network.rows) {
    return "expected parent_rows above all sizes of forks and within the table";
  }
  return "";
}

std::string complaint(const DcritMeasurement& m) {
  if (m.networks.size() == m.sizes.networks.size() && !m.networks.empty()) return "";
  return "expected as many networks as sizes, one at least";
}

DcritRuns plan(SweepPlan& plan, const DcritSizes& s) {
  DcritRuns runs;
  for (const DcritNetwork& n : s.networks) {
    DcritRuns::Network& r = runs.networks.emplace_back();
    for (const std::int64_t seed : s.seeds.all()) {
      const Budgets budgets{.converged = n.parent_steps};
      const RunIndex parent = converged_run(plan, budgets, n.network, seed, n.parent_rows, 1);
      r.parents.push_back({parent, seed, n.parent_rows, 1});
      r.races.push_back({converged_run(plan, budgets, n.network, seed, n.race_rows, 1), seed, n.race_rows, 1});
      for (const std::int64_t rows : n.rows) {
        r.general.push_back({relaxed_fork(plan, n.relaxation, parent, rows), seed, rows, 1});
        r.memorising.push_back({relaxed_run(plan, n.relaxation, n.network, seed, rows), seed, rows, 1});
      }
      for (const std::int64_t rows : n.scratch_rows) {
        r.memorising.push_back({relaxed_run(plan, n.relaxation, n.network, seed, rows), seed, rows, 1});
      }
      if (!n.memorised_rows.empty()) {
        r.settled.push_back({relaxed_fork(plan, n.relaxation, parent, n.parent_rows), seed, n.parent_rows, 1});
      }
      for (const std::int64_t rows : n.memorised_rows) {
        r.random.push_back(
            {relaxed_run(plan, n.relaxation, n.network, seed, rows, {"task.labels=random"}), seed, rows, 1});
      }
    }
  }
  return runs;
}

DcritMeasurement measure(const RunResults& results, const DcritSizes& sizes, const DcritRuns& runs) {
  DcritMeasurement m{sizes, {}};
  for (const DcritRuns::Network& r : runs.networks) {
    DcritNetworkMeasurement& n = m.networks.emplace_back();
    n.general = resting_states(results, r.general);
    n.memorising = resting_states(results, r.memorising);
    if (!r.random.empty())
      n.pure = {measure_points(results, r.random, false), measure_points(results, r.settled, true)};
    for (const auto* list : {&r.parents, &r.races}) {
      for (const PlannedPoint& p : *list) {
        if (results.has(p.run)) n.races.push_back({p.seed, p.rows, delay_of(results.records(p.run), kHeld)});
      }
    }
  }
  return m;
}

Judgement judge(const DcritMeasurement& m) {
  const DcritSummary s = summarise_dcrit(m);
  Judgement result;
  result.tests = dcrit_tests(s);
  result.n_seeds = m.sizes.seeds.count;
  result.n_censored = s.n_censored;
  result.censoring = "networks' seeds whose predicted or observed size lies outside the grid";
  const Estimate& ratio = result.tests.front().effect;
  result.ours = fmt::format(
      "over {} networks with D_crit from {:.0f} to {:.0f}: predicted / observed {:.2f} ({:.2f} to {:.2f}), median "
      "{:.2f}",
      ratio.n, s.smallest, s.largest, std::exp(ratio.value), std::exp(ratio.low), std::exp(ratio.high),
      std::exp(result.tests[1].effect.value));
  result.data["networks"] = networks_json(s);
  if (s.n_restless > 0) {
    result.notes.push_back(fmt::format("{} runs did not come to rest and are left out.", s.n_restless));
  }
  result.notes.push_back(
      "Observed: the size at which the generalising circuit gives half of the training rows' mean correct logit, in "
      "networks "
      "that generalised and were trained on fewer rows until they rested. The prediction uses no composition and no "
      "test row: it is where the objective of these networks equals that of networks trained from scratch on the same "
      "rows, which memorise.");
  return result;
}

std::vector<report::Chart> figures(const DcritMeasurement& m) {
  const DcritSummary s = summarise_dcrit(m);
  return {prediction_chart(s), branches_chart(m, s)};
}

Claim claim_dcrit() {
  return make_claim<DcritSizes, DcritRuns, DcritMeasurement>(
      {.id = "dcrit",
       .title = "Equal efficiency predicts the critical data-set size",
       .statement = "There is a data-set size at which both circuits are equally efficient; below it networks ungrok.",
       .paper = "D_crit about 500 to 1000 from norms, 800 to 1000 from ungrokking (p = 113); no prediction with an "
                "interval",
       .sizes = dcrit_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
