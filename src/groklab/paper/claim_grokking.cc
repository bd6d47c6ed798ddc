// Claim 1, grokking: fit first, generalise much later, while the norm falls.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/analysis/event_times.h"
#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {
namespace {

void plan_grokking(Study& study) {
  for (std::int64_t i = 0; i < study.scale().seeds; ++i) grokking_run(study, seed_at(study, i));
}

/// log of (norm where the network has generalised / largest norm since it fitted).
double norm_fall(const Study& study, RunIndex run) {
  if (!study.has(run)) return std::nan("");
  const std::vector<Record>& records = study.records(run);
  const EventTimes times = event_times(records, kHeld);
  if (!times.fit || !times.grok) return std::nan("");
  double peak = 0, end = std::nan("");
  for (const Record& record : records) {
    if (record.step >= *times.fit && record.step <= *times.grok) peak = std::max(peak, record.norm);
    if (record.step == *times.grok) end = record.norm;
  }
  return std::log(end / peak);
}

ClaimResult judge_grokking(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  std::vector<XyPoint> accuracy, norms, parts;
  std::vector<double> fit_times, grok_times;
  for (std::int64_t i = 0; i < s.seeds; ++i) {
    const std::int64_t seed = seed_at(study, i);
    const RunIndex run = grokking_run(study, seed);
    if (!study.has(run)) continue;
    const EventTimes times = event_times(study.records(run), kHeld);
    if (times.fit) fit_times.push_back(static_cast<double>(*times.fit));
    if (times.grok) grok_times.push_back(static_cast<double>(*times.grok));
    const std::string line = fmt::format("{}", seed);
    for (const Record& r : study.records(run)) {
      const auto step = static_cast<double>(r.step);
      accuracy.push_back({"test accuracy", step, r.test.accuracy, line});
      accuracy.push_back({"train accuracy", step, r.train.accuracy, line});
      norms.push_back({"parameter norm", step, r.norm, line});
    }
  }
  const Estimate delay = mean_estimate(per_seed(study, study.scale().seeds, [&](std::int64_t seed) {
    return log_delay(study, grokking_run(study, seed), &result.n_censored);
  }));
  const Estimate fall = mean_estimate(per_seed(
      study, study.scale().seeds, [&](std::int64_t seed) { return norm_fall(study, grokking_run(study, seed)); }));
  result.tests = {
      {"log10(T_grok / T_fit), both at accuracy 0.9",
       fmt::format("above log10(2) = {:.3f}: generalising takes at least as long again as fitting", kDelayBound), delay,
       judge_above(delay, kDelayBound)},
      {"ln(norm when generalised / largest norm since fitting)",
       "below 0: the norm falls while the network generalises, as the theory of efficiency asks", fall,
       judge_below(fall, 0)}};
  result.n_seeds = delay.n;
  result.censoring = "runs that did not generalise within the budget count with the budget as T_grok";
  result.ours = fmt::format("D = {}: T_fit {:.0f}, T_grok {:.0f} (medians), a factor of {:.1f}", s.grokking_rows,
                            median_of(fit_times), median_of(grok_times), std::pow(10.0, delay.value));
  result.data["t_fit"] = fit_times;
  result.data["t_grok"] = grok_times;

  XyOptions options;
  options.id = "grokking-accuracy";
  options.title = "Grokking: accuracy over training";
  options.caption = fmt::format(
      "Each line is one of {} seeds, D = {} of {} rows. Training rows are fitted first; test rows follow much later.",
      s.seeds, s.grokking_rows, s.main.rows);
  options.x_title = "step";
  options.y_title = "accuracy";
  options.steps_x = options.fraction_y = true;
  options.points = false;
  result.figures.push_back(make_xy_chart(accuracy, options));
  options.id = "grokking-norm";
  options.title = "The parameter norm through both phases";
  options.caption = "The norm rises while the rows are memorised and falls while the network comes to generalise.";
  options.y_title = "norm of all parameters";
  options.fraction_y = false;
  result.figures.push_back(make_xy_chart(norms, options));
  if (study.has(grokking_run(study, seed_at(study, 0)))) {
    for (const auto& [step, m] : study.circuits_over_steps(grokking_run(study, seed_at(study, 0)))) {
      const auto x = static_cast<double>(step);
      parts.push_back({"generalising circuit", x, m.invariant_test.correct_logit});
      parts.push_back({"memorising circuit", x, m.memorised_strength});
    }
    options.id = "grokking-circuits";
    options.title = "Correct logit of each circuit, one seed";
    options.caption =
        "Generalising: correct logit of the part that respects the group, on test rows. Memorising: how much more the "
        "rest adds to the correct logit on training rows than on test rows.";
    options.y_title = "correct logit";
    options.points = true;
    result.figures.push_back(make_xy_chart(parts, options));
  }
  return result;
}

}  // namespace

Claim claim_grokking() {
  return {"grokking",
          "Grokking",
          "A network fits its training rows early and generalises much later, while its norm falls.",
          "Train accuracy 1 within some hundred steps, test accuracy 1 after thousands (Fig. 1)",
          plan_grokking,
          judge_grokking};
}

}  // namespace groklab::paper
