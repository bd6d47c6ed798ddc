// See images.h.
#include "groklab/studies/beyond-decay/images.h"

#include <fmt/format.h>

#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/beyond-decay/claims.h"
#include "groklab/studies/timed_conditions.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::beyond_decay {
namespace {

using varma2023::RestingState;

double accuracy_of(const std::vector<RestingState>& states, std::int64_t seed, std::int64_t rows) {
  for (const RestingState& s : states) {
    if (s.seed == seed && s.rows == rows && s.stationary) return s.test_accuracy;
  }
  return std::nan("");
}

/// Test accuracy of forks less that of networks from scratch, at the smallest D'. [seeds]
std::vector<double> kept_accuracy(const PressureMeasurement& m, std::size_t pressure) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const std::int64_t rows = m.sizes.pressures[pressure].rows.front();
    return accuracy_of(m.pressures[pressure].general, seed, rows) -
           accuracy_of(m.pressures[pressure].memorising, seed, rows);
  });
}

std::vector<double> falls_of(const PressureMeasurement& m, std::size_t pressure) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) { return fall_of_accuracy(m, pressure, seed); });
}

/// exp of the mean over those seeds whose size is known.
std::string size_text(const PressureMeasurement& m, CensoredValue (*size)(const PressureMeasurement&, std::int64_t)) {
  const std::vector<double> logs =
      per_seed(m.sizes.seeds, [&](std::int64_t seed) { return size(m, seed).exact_or_nan(); });
  return estimate_text(exponential(mean_estimate(logs)));
}

CensoredValue observed(const PressureMeasurement& m, std::int64_t seed) { return observed_size(m, 0, seed); }
CensoredValue by_norm(const PressureMeasurement& m, std::int64_t seed) {
  return size_of_equal_cost(m, 0, seed, &CircuitCost::l2);
}

report::Chart accuracy_chart(const PressureMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (std::size_t i = 0; i < m.pressures.size(); ++i) {
    const auto add = [&](const std::string& kind, const std::vector<RestingState>& states) {
      for (const std::int64_t rows : m.sizes.pressures[i].rows) {
        const Estimate e =
            mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) { return accuracy_of(states, seed, rows); }));
        points.push_back({fmt::format("{}, {}", m.sizes.pressures[i].name, kind), static_cast<double>(rows), e.value,
                          "", e.low, e.high});
      }
    };
    add("after all rows", m.pressures[i].general);
    add("from scratch", m.pressures[i].memorising);
  }
  return report::make_xy_chart(points,
                               {.id = "images-accuracy",
                                .title = "Digits on fewer rows",
                                .caption = "Test accuracy at rest on D' digits, of networks that had learnt from "
                                           "two thirds of all and of networks from scratch; mean over seeds with "
                                           "its 95 % interval.",
                                .x_title = "rows D'",
                                .y_title = "test accuracy",
                                .log_x = true,
                                .fraction_y = true});
}

report::Chart cost_chart(const PressureMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (std::size_t i = 0; i < m.pressures.size(); ++i) {
    const auto add = [&](const std::string& kind, const std::vector<CircuitCost>& costs) {
      for (const CircuitCost& c : costs) {
        points.push_back({fmt::format("{}, {}", m.sizes.pressures[i].name, kind), static_cast<double>(c.rows), c.l2,
                          fmt::format("{}", c.seed)});
      }
    };
    add("random labels", m.pressures[i].random);
    add("true labels", m.pressures[i].settled);
  }
  return report::make_xy_chart(points,
                               {.id = "images-cost",
                                .title = "What digits cost",
                                .caption = "Euclidean norm at a mean margin of 10: networks that memorise random "
                                           "labels, and the network of the parent's rows with true ones.",
                                .x_title = "rows",
                                .y_title = "norm at margin 10",
                                .log_x = true,
                                .log_y = true});
}

std::vector<report::Chart> image_figures(const PressureMeasurement& m) { return {accuracy_chart(m), cost_chart(m)}; }

}  // namespace

PressureSizes image_sizes(const Scale& scale) {
  PressureSizes s;
  s.settings = {"model.architecture=number_mlp"};
  s.generalised = 0.9;
  std::int64_t steps = 20000;
  std::vector<std::int64_t> rows = {15, 30, 60, 120, 240, 480};
  if (scale.name == "smoke") {
    s.network = digit_mlp(32);
    s.seeds = chosen_seeds(scale, {1000, 2});
    steps = 400;
    rows = {30, 240};
  } else if (scale.name == "quick") {
    s.network = digit_mlp(64);
    s.seeds = chosen_seeds(scale, {5400, 3});
    rows = {15, 30, 60, 240, 480};
  } else if (scale.name == "standard") {
    s.network = digit_mlp(64);
    s.seeds = chosen_seeds(scale, {6000, 5});
  } else if (scale.name == "full") {
    s.network = digit_mlp(200);
    s.seeds = chosen_seeds(scale, {6000, 5});
    steps = 60000;
  } else {
    refuse_scale(scale, "smoke, quick, standard or full");
  }
  s.parent_rows = 1200;
  s.parent_steps = scale.name == "smoke" ? 400 : 4000;
  s.memorised_rows = {30, 60, 120, 240};
  s.pressures = {{"AdamW", kEuclidean, {"optim.weight_decay=1"}, steps, rows, true},
                 {"Adam and L2", kEuclidean, {"optim.kind=adam", "optim.weight_decay=0.0001"}, steps, rows, true}};
  if (scale.name == "quick") {
    s.memorised_rows.pop_back();
    s.pressures.pop_back();
  }
  return s;
}

Judgement judge_images(const PressureMeasurement& m) {
  const Criterion falls = must_be_above(kFall), near = must_be_below(std::log(kNear)), none = must_lie_within(kKept);
  Judgement result;
  for (std::size_t i = 0; i < m.sizes.pressures.size(); ++i) {
    const Pressure& p = m.sizes.pressures[i];
    const std::vector<double> errors = per_seed(m.sizes.seeds, [&](std::int64_t seed) {
      return least_distance(size_of_equal_cost(m, i, seed, &CircuitCost::l2), observed_size(m, i, seed));
    });
    const bool counts = i == 0;
    result.tests.push_back(
        {fmt::format("{}: test accuracy at D' = {} less that at D' = {}", p.name, p.rows.back(), p.rows.front()),
         fmt::format("above {}: half of the test rows are lost", kFall), mean_estimate(falls_of(m, i), falls.level()),
         falls, counts});
    result.tests.push_back({fmt::format("{}: |ln(predicted / observed D_crit)|, equal norms at equal margin", p.name),
                            fmt::format("below ln {}: it names the size at which networks turn", kNear),
                            mean_estimate(errors, near.level()), near, counts});
    result.tests.push_back(
        {fmt::format("{}: test accuracy at D' = {} less that of networks from scratch", p.name, p.rows.front()),
         fmt::format("within {}: nothing is kept of what more rows had taught", kKept),
         mean_estimate(kept_accuracy(m, i), none.level()), none, false});
  }
  result.ours = fmt::format("under AdamW test accuracy falls by {}; observed D_crit {}, predicted {}",
                            estimate_text(result.tests.front().effect), size_text(m, observed), size_text(m, by_norm));
  bool any = false;
  for (const UnderPressure& u : m.pressures) {
    for (const RestingState& s : u.general) any = any || std::isfinite(s.test_accuracy);
  }
  if (any) result.n_seeds = m.sizes.seeds.count;
  for (const std::int64_t seed : m.sizes.seeds.all()) {
    const CensoredValue v = observed(m, seed);
    result.n_censored += !v.is_exact() && (std::isfinite(v.low) || std::isfinite(v.high)) ? 1 : 0;
  }
  result.censoring = "seeds whose transition lies outside the sizes";
  result.notes.push_back(
      "Where a predicted or observed size is only known to lie beyond the sizes that were run, the least error that "
      "the "
      "prediction can have is taken.");
  return result;
}

Claim claim_images() {
  return make_claim<PressureSizes, PressureRuns, PressureMeasurement>(
      {.id = "images",
       .title = "Images have a critical size, too",
       .statement = "An MLP that reads digits ungroks on few of them, at the size that efficiency predicts.",
       .paper = "nothing on images (arXiv:2309.02390 has toy tasks alone)",
       .sizes = image_sizes,
       .plan = plan_pressures,
       .measure = measure_pressures,
       .judge = judge_images,
       .figures = image_figures});
}

}  // namespace groklab::studies::beyond_decay
