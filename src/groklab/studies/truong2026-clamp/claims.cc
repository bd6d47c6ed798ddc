// See claims.h.
#include "groklab/studies/truong2026-clamp/claims.h"

#include <fmt/format.h>

#include <cmath>

#include "groklab/studies/truong2026-clamp/published.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::truong2026_clamp {
namespace {

std::vector<std::string> hold(double norm) {
  return {fmt::format("constraint.norm.value={}", norm), "constraint.norm.tensors=*W*"};
}

/// Those of the published norms that a scale takes.
std::vector<PublishedTime> times_at(const Scale& scale) {
  if (scale.name == "standard") return {std::begin(kTimes), std::end(kTimes)};
  std::vector<PublishedTime> few;
  for (const PublishedTime& t : kTimes) {
    if (t.rho == 0.85 || t.rho == 0.95 || t.rho == 1.05) few.push_back(t);
  }
  return few;
}

void add_held(TimedSizes& s, const Scale& scale) {
  const bool smoke = scale.name == "smoke";
  for (const PublishedTime& t : times_at(scale)) {
    std::vector<std::string> settings = hold(t.rho * (smoke ? 30 : kCriticalNorm.value));
    settings.push_back(smoke ? "constraint.norm.start_step=100" : "constraint.norm.start_step=500");
    s.conditions.push_back({kHeld, t.rho, settings, smoke ? 1500 : t.budget});
  }
}

Estimate bend(const TimedMeasurement& m, double level) {
  const std::vector<double> values = values_of_series(m.sizes, kHeld);
  const double low = values[(values.size() - 1) / 2], high = values[values.size() / 2];
  std::vector<double> upper = log_slopes(m, kHeld, false, [&](double x) { return x >= low; });
  const std::vector<double> lower = log_slopes(m, kHeld, false, [&](double x) { return x <= high; });
  for (std::size_t i = 0; i < upper.size(); ++i) upper[i] -= lower[i];
  return mean_estimate(upper, level);
}

/// "1498, 2401, 6104".
std::string medians_text(const TimedMeasurement& m, const std::string& series) {
  std::string text;
  for (const double x : values_of_series(m.sizes, series)) {
    text += fmt::format("{}{:.0f}", text.empty() ? "" : ", ", median_grok(m, series, x));
  }
  return text;
}

Estimate median_beside(const TimedMeasurement& m, double rho) {
  std::vector<Duration> times;
  for (const TimedRun* run : runs_of(m, kHeld, rho)) {
    times.push_back({static_cast<double>(run->delay.grok.value_or(run->delay.budget)), run->delay.grok.has_value()});
  }
  return median_survival_estimate(times);
}

std::vector<report::Chart> delay_law_figures(const TimedMeasurement& m) {
  return {timed_chart(m, "clamp-delay-law", "Time to generalise against the held norm",
                      "rho = held norm / norm where free runs generalise")};
}

std::vector<report::Chart> any_norm_figures(const TimedMeasurement& m) {
  return {timed_chart(m, "clamp-any-norm", "Time to generalise at two sizes of the task", "rho")};
}

std::vector<report::Chart> no_figures(const TimedMeasurement&) { return {}; }

}  // namespace

TimedSizes base_sizes(const Scale& scale) {
  TimedSizes s;
  if (scale.name == "smoke") {
    s.network = modular_mlp(17, 32, 64, "gelu");
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.rows = 240;
  } else if (scale.name == "quick" || scale.name == "standard") {
    s.network = modular_mlp(59, 128, 256, "gelu");
    s.seeds = chosen_seeds(scale, scale.name == "quick" ? SeedRange{5000, 4} : SeedRange{6000, 8});
    s.rows = 1392;  // 40 %
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  s.settings = {"model.biases=all", "loss.form=framework", "optim.beta2=0.999", "optim.warmup_steps=0",
                "optim.decay=*W*"};
  return s;
}

TimedSizes delay_law_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  add_held(s, scale);
  return s;
}

Judgement judge_delay_law(const TimedMeasurement& m) {
  const Criterion near = must_lie_within(kExponentMargin), straight = must_lie_within(kBendMargin);
  std::vector<double> slopes = log_slopes(m, kHeld, false);
  const Estimate exponent = mean_estimate(slopes);
  for (double& slope : slopes) slope -= kExponent.value;
  Judgement result;
  result.tests = {
      {fmt::format("slope of ln T_grok over rho, less the published {}", kExponent.value),
       fmt::format("within {}: a fifth of it; another architecture's is twice as large", kExponentMargin),
       mean_estimate(slopes, near.level()), near},
      {"slope over the upper half of the held norms, less that over the lower half",
       fmt::format("within {}: half of the exponent. The published medians have {} there", kBendMargin, kPublishedBend),
       bend(m, straight.level()), straight, false}};
  result.ours = fmt::format("alpha = {}; median T_grok {}", estimate_text(exponent), medians_text(m, kHeld));
  finish_timed(m, result);
  result.published = {{kExponent, exponent}};
  for (const PublishedTime& t : kTimes) {
    if (!runs_of(m, kHeld, t.rho).empty()) result.published.push_back({t.time, median_beside(m, t.rho)});
  }
  result.data["exponents"] = log_slopes(m, kHeld, false);
  return result;
}

TimedSizes any_norm_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  add_held(s, scale);
  const bool smoke = scale.name == "smoke";
  for (const double rho : {0.85, 1.0}) {
    std::vector<std::string> settings = hold(rho * kCriticalNorm31);
    if (!smoke) settings.insert(settings.end(), {"task.modulus=31", "split.train_size=384"});
    settings.push_back(smoke ? "constraint.norm.start_step=100" : "constraint.norm.start_step=500");
    s.conditions.push_back({kSmall, rho, settings, smoke ? 500 : rho < 1 ? 15000 : 25000});
  }
  TimedCondition control = s.conditions.front();
  control.series = kRandom;
  control.settings.push_back("task.labels=random");
  control.steps = smoke ? 500 : 3000;
  s.conditions.push_back(control);
  return s;
}

Judgement judge_any_norm(const TimedMeasurement& m) {
  std::int64_t n = 0, grokked = 0;
  for (const TimedRun& run : m.runs) {
    if (run.series != kHeld) continue;
    ++n;
    grokked += run.delay.grok ? 1 : 0;
  }
  const Estimate below = grokked_fraction(m, kSmall, {0.85}), above = grokked_fraction(m, kSmall, {1.0});
  const Estimate control = grokked_fraction(m, kRandom, {m.sizes.conditions.front().x});
  Judgement result;
  result.tests = {{"fraction of runs that generalise, all held norms together",
                   fmt::format("above {}: at each held norm the network generalises, sooner or later", kMostRuns),
                   wilson_estimate(grokked, n), must_be_above(kMostRuns)},
                  {"fraction of runs that generalise at p = 31 with the norm held at 0.85 of its own",
                   fmt::format("below {}: the floor of a small task (0 of 12)", kHalf), below, must_be_below(kHalf)},
                  {"fraction of runs that generalise at p = 31 with the norm held at its own",
                   fmt::format("above {}: above the floor (12 of 12)", kHalf), above, must_be_above(kHalf)},
                  {"control: fraction that reaches the accuracy with random labels, whose rows nothing can predict",
                   fmt::format("below {}", kHalf), control, must_be_below(kHalf), false}};
  result.ours = fmt::format("{} of {} generalise at p = 59; at p = 31 {:.0f} % at rho = 0.85 and {:.0f} % at rho = 1",
                            grokked, n, 100 * below.value, 100 * above.value);
  finish_timed(m, result);
  result.published = {{kFloor, below}, {kAboveFloor, above}};
  return result;
}

TimedSizes critical_norm_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  s.conditions = {{kFree, 1, {}, scale.name == "smoke" ? 1500 : 12000}};
  return s;
}

Judgement judge_critical_norm(const TimedMeasurement& m) {
  const Criterion criterion = must_agree_within_factor(kNormFactor);
  std::vector<double> logs, norms;
  std::vector<Duration> times;
  for (const TimedRun* run : runs_of(m, kFree, 1)) {
    logs.push_back(std::log(run->norm_at_grok / kCriticalNorm.value));
    norms.push_back(run->norm_at_grok);
    times.push_back({static_cast<double>(run->delay.grok.value_or(run->delay.budget)), run->delay.grok.has_value()});
  }
  Judgement result;
  result.tests = {{fmt::format("ln(norm where a free run generalises / {:.1f})", kCriticalNorm.value),
                   fmt::format("within ln {}: published as constant to some 2 %", kNormFactor),
                   mean_estimate(logs, criterion.level()), criterion}};
  const Estimate median = median_survival_estimate(times);
  result.ours = fmt::format("norm {} at step {:.0f} (median)", estimate_text(mean_estimate(norms)), median.value);
  finish_timed(m, result);
  result.published = {{kCriticalNorm, mean_estimate(norms)}, {kFreeTime, median}};
  result.notes = {"Our norm is of all parameters; biases are less than 1 % of it."};
  return result;
}

Claim claim_delay_law() {
  return make_timed_claim({.id = "delay-law",
                           .title = "The delay is exponential in the norm",
                           .statement = "With the weight norm held at rho times the norm at which free runs "
                                        "generalise, the time to generalise grows as exp(alpha rho).",
                           .paper = "alpha = 7.49 shared by four moduli, 7.64 at p = 59 up to rho = 1.25; R^2 > 0.99",
                           .sizes = delay_law_sizes,
                           .judge = judge_delay_law,
                           .figures = delay_law_figures});
}

Claim claim_any_norm() {
  return make_timed_claim(
      {.id = "any-norm",
       .title = "No norm is required, but for a floor",
       .statement = "Networks generalise at each held norm; only a small task at a small norm does "
                    "not.",
       .paper = "16 of 16 at each of ten norms (p = 59); p = 31: 0 of 12 at rho 0.85, 12 of 12 at 1",
       .sizes = any_norm_sizes,
       .judge = judge_any_norm,
       .figures = any_norm_figures});
}

Claim claim_critical_norm() {
  return make_timed_claim({.id = "critical-norm",
                           .title = "Free runs generalise at one norm",
                           .statement = "The norm at which a free run generalises is concentrated.",
                           .paper = "54.5 at p = 59; 54.8 to 56.4 over fractions of training rows from 0.3 to 0.65",
                           .sizes = critical_norm_sizes,
                           .judge = judge_critical_norm,
                           .figures = no_figures});
}

}  // namespace groklab::studies::truong2026_clamp
