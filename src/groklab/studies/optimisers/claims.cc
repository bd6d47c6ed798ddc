// See claims.h.
#include "groklab/studies/optimisers/claims.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "groklab/studies/optimisers/published.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::optimisers {
namespace {

TimedSizes base_sizes(const Scale& scale) {
  TimedSizes s = modular_mlp_sizes(scale);
  s.settings = {"optim.weight_decay=1"};
  s.evaluations_per_decade = 100;
  return s;
}

void add(TimedSizes& s, const Scale& scale, const char* series, const std::string& kind,
         const std::vector<double>& rates) {
  const std::int64_t steps = scale.name == "smoke" ? 300 : scale.name == "quick" ? 8000 : 20000;
  for (const double rate : rates) {
    s.conditions.push_back({series, rate, {"optim.kind=" + kind, fmt::format("optim.learning_rate={}", rate)}, steps});
  }
}

/// To where eta lambda, with lambda 1, takes more than half of the weights in a step.
std::vector<double> adam_rates() { return {1e-3, 3e-2, 1e-1, 3e-1, 6e-1}; }
std::vector<double> muon_rates() { return {2e-2, 1e-1, 3e-1, 6e-1, 9e-1}; }

std::vector<double> less(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

/// The rate of the series at which the seeds other than `left_out` are fastest.
double best_rate(const TimedMeasurement& m, const std::string& series, std::int64_t left_out) {
  double best = std::nan(""), best_mean = std::numeric_limits<double>::infinity();
  for (const double rate : values_of_series(m.sizes, series)) {
    double sum = 0;
    std::int64_t n = 0;
    for (const TimedRun* run : runs_of(m, series, rate)) {
      if (run->seed == left_out) continue;
      sum += log_grok(m, run->seed, series, rate);
      ++n;
    }
    if (n == 0 || sum / static_cast<double>(n) >= best_mean) continue;
    best_mean = sum / static_cast<double>(n);
    best = rate;
  }
  return best;
}

/// ln of T_grok at one rate over that of another optimiser at another, seed by seed.
std::vector<double> log_ratios(const TimedMeasurement& m, const char* above, double x, const char* below, double y) {
  return per_seed(m.sizes.seeds,
                  [&](std::int64_t seed) { return log_grok(m, seed, above, x) - log_grok(m, seed, below, y); });
}

std::string best_text(const TimedMeasurement& m, const char* series) {
  const Estimate time = exponential(mean_estimate(best_log_times(m, series)));
  return fmt::format("{} {} steps at rate {:g}", series, estimate_text(time), best_rate(m, series, -1));
}

std::vector<report::Chart> muon_figures(const TimedMeasurement& m) {
  return {timed_chart(m, "optimisers-muon", "Time to generalise against learning rate", "learning rate", true)};
}
std::vector<report::Chart> grokfast_figures(const TimedMeasurement& m) {
  return {timed_chart(m, "optimisers-grokfast", "Time to generalise against learning rate", "learning rate", true)};
}

}  // namespace

std::vector<double> best_log_times(const TimedMeasurement& m, const std::string& series) {
  return per_seed(m.sizes.seeds,
                  [&](std::int64_t seed) { return log_grok(m, seed, series, best_rate(m, series, seed)); });
}

TimedSizes muon_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  add(s, scale, kAdamW, "adamw", adam_rates());
  add(s, scale, kMuon, "muon", muon_rates());
  add(s, scale, kSam, "sam", adam_rates());
  return s;
}

Judgement judge_muon(const TimedMeasurement& m) {
  const Criterion faster = must_be_below(0, EffectScale::kLnRatio);
  const std::vector<double> adamw = best_log_times(m, kAdamW);
  const std::vector<double> muon = less(best_log_times(m, kMuon), adamw), sam = less(best_log_times(m, kSam), adamw),
                            common = log_ratios(m, kMuon, 2e-2, kAdamW, 1e-3);
  Judgement result;
  result.tests = {
      {"ln(T_grok of Muon / T_grok of AdamW), each at its best learning rate", "below 0: Muon is faster",
       mean_estimate(muon, faster.level()), faster},
      {"the same at learning rates in common use, 0.02 (Muon) and 0.001 (AdamW)",
       "below 0: what a comparison without tuning finds", mean_estimate(common, faster.level()), faster, false},
      {"ln(T_grok of SAM / T_grok of AdamW), each at its best learning rate", "below 0: SAM is faster",
       mean_estimate(sam, faster.level()), faster, false}};
  result.ours = fmt::format("{}; {}; {}", best_text(m, kAdamW), best_text(m, kMuon), best_text(m, kSam));
  finish_timed(m, result);
  result.published = {{kMuonRatio, exponential(mean_estimate(muon))}};
  return result;
}

TimedSizes grokfast_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  add(s, scale, kAdamW, "adamw", adam_rates());
  add(s, scale, kGrokfast, "grokfast", adam_rates());
  return s;
}

Judgement judge_grokfast(const TimedMeasurement& m) {
  const Criterion twice = must_be_below(std::log(kTwice), EffectScale::kLnRatio),
                  faster = must_be_below(0, EffectScale::kLnRatio);
  const std::vector<double> adamw = best_log_times(m, kAdamW);
  const std::vector<double> best = less(best_log_times(m, kGrokfast), adamw),
                            same = log_ratios(m, kGrokfast, 1e-3, kAdamW, 1e-3);
  Judgement result;
  result.tests = {
      {"ln(T_grok of Grokfast / T_grok of AdamW), each at its best learning rate",
       fmt::format("below ln {}: at least twice as fast", kTwice), mean_estimate(best, twice.level()), twice},
      {"the same at one learning rate, 0.001", "below 0: Grokfast is faster at all",
       mean_estimate(same, faster.level()), faster, false}};
  result.ours = fmt::format("{}; {}", best_text(m, kAdamW), best_text(m, kGrokfast));
  finish_timed(m, result);
  result.published = {{kGrokfastRatio, exponential(mean_estimate(best))}};
  return result;
}

Claim claim_muon() {
  return make_timed_claim({.id = "muon",
                           .title = "Muon groks sooner than AdamW",
                           .statement = "With Muon networks generalise in fewer steps than with AdamW.",
                           .paper = "102.89 epochs against 153.09 (arXiv:2504.16041); disputed by Essential AI (2025)",
                           .sizes = muon_sizes,
                           .judge = judge_muon,
                           .figures = muon_figures});
}

Claim claim_grokfast() {
  return make_timed_claim(
      {.id = "grokfast",
       .title = "Grokfast hastens grokking manifold",
       .statement = "Amplifying the slow part of gradients makes networks generalise many times sooner.",
       .paper = "910 iterations against 39,890 (arXiv:2405.20233); issue 12 of its repository: AdamW alone does better",
       .sizes = grokfast_sizes,
       .judge = judge_grokfast,
       .figures = grokfast_figures});
}

}  // namespace groklab::studies::optimisers
