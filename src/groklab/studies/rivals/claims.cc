// See claims.h.
#include "groklab/studies/rivals/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/analysis/least_squares.h"
#include "groklab/report/xy_chart.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::rivals {
namespace {

/// What a rival sees of a run: the columns of its regression beside the intercept, and what it takes off ln T.
struct Seen {
  std::vector<double> columns;
  double offset = 0;
};

double setting_of(const TimedCondition& condition, const std::string& key, double otherwise) {
  for (const std::string& setting : condition.settings) {
    if (setting.starts_with(key + "=")) return std::stod(setting.substr(key.size() + 1));
  }
  return otherwise;
}

Seen seen_by(Rival rival, const TimedCondition& condition, const TimedRun& run) {
  const double rate =
      std::log(setting_of(condition, "optim.learning_rate", 1e-3) * setting_of(condition, "optim.weight_decay", 1));
  const double logit = run.logit_between / setting_of(condition, "loss.temperature", 1);
  switch (rival) {
    case Rival::kConstant:
      return {};
    case Rival::kRateLaw:
      return {{}, -rate};
    case Rival::kRate:
      return {{rate}, 0};
    case Rival::kNorm:
      return {{run.norm_at_fit}, 0};
    case Rival::kLogitScale:
      return {{logit}, 0};
    case Rival::kRateAndLogit:
      break;
  }
  return {{rate, logit}, 0};
}

/// A seed's conditions as a rival sees them.
struct SeenSeed {
  std::vector<double> times;  ///< ln T_grok less the offset
  std::vector<std::vector<double>> columns;
};

SeenSeed seen_seed(const TimedMeasurement& m, Rival rival, std::int64_t seed) {
  SeenSeed all;
  for (const TimedCondition& condition : m.sizes.conditions) {
    const TimedRun* run = find_timed(m, seed, condition.series, condition.x);
    if (run == nullptr || !run->delay.grok || !run->delay.fit) return {};
    const Seen seen = seen_by(rival, condition, *run);
    all.times.push_back(std::log(static_cast<double>(*run->delay.grok)) - seen.offset);
    all.columns.push_back(seen.columns);
  }
  return all;
}

/// Prediction of condition `left_out` from the others.
double predicted(const SeenSeed& s, std::size_t left_out) {
  std::vector<double> y;
  std::vector<std::vector<double>> columns(s.columns.front().size());
  for (std::size_t i = 0; i < s.times.size(); ++i) {
    if (i == left_out) continue;
    y.push_back(s.times[i]);
    for (std::size_t c = 0; c < columns.size(); ++c) columns[c].push_back(s.columns[i][c]);
  }
  return least_squares(y, columns).at(s.columns[left_out]);
}

/// ln of a rival's error over another's, seed by seed.
std::vector<double> log_error_ratios(const TimedMeasurement& m, Rival rival, Rival other) {
  std::vector<double> ratios = out_of_sample_errors(m, rival);
  const std::vector<double> below = out_of_sample_errors(m, other);
  for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i] = std::log(ratios[i] / below[i]);
  return ratios;
}

Test explains(const TimedMeasurement& m, Rival rival) {
  const Criterion half = must_be_below(std::log(kHalfOfConstant), EffectScale::kLnRatio);
  return {fmt::format("ln(out-of-sample error of {} / that of a constant)", rival_name(rival)),
          fmt::format("below ln {}: it explains more of the conditions than it leaves", kHalfOfConstant),
          mean_estimate(log_error_ratios(m, rival, Rival::kConstant), half.level()), half};
}

Test better(const TimedMeasurement& m, Rival rival, Rival other) {
  const Criterion less = must_be_below(0, EffectScale::kLnRatio);
  return {fmt::format("ln(error of {} / error of {})", rival_name(rival), rival_name(other)),
          "below 0: it predicts better than its rival", mean_estimate(log_error_ratios(m, rival, other), less.level()),
          less, false};
}

Judgement judge_rival(const TimedMeasurement& m, Rival rival, const std::vector<Rival>& others) {
  Judgement result;
  result.tests = {explains(m, rival)};
  for (const Rival other : others) result.tests.push_back(better(m, rival, other));
  std::string all;
  for (const Rival each : kRivals) {
    const Estimate error = mean_estimate(out_of_sample_errors(m, each));
    all += fmt::format("{}{} {}", all.empty() ? "" : "; ", rival_name(each), estimate_text(error));
    result.data[rival_name(each)] = plain_to_json(out_of_sample_errors(m, each));
  }
  result.ours = fmt::format("error in ln T_grok over {} conditions: {}", m.sizes.conditions.size(), all);
  finish_timed(m, result);
  result.censoring = "a seed with a run that did not generalise has no error";
  return result;
}

std::vector<report::Chart> figures(const TimedMeasurement& m, const std::string& id) {
  std::vector<report::XyPoint> points;
  double x = 0;
  for (const Rival rival : kRivals) {
    const Estimate e = mean_estimate(out_of_sample_errors(m, rival));
    points.push_back({rival_name(rival), ++x, e.value, "", e.low, e.high});
  }
  return {report::make_xy_chart(
      points,
      {.id = id,
       .title = "What explains how long grokking takes?",
       .caption = "Root mean square of ln T_grok less the prediction, over conditions left out one at a time; mean "
                  "over seeds with its 95 % interval. 0.1 is ten per cent.",
       .x_title = "account, in the order of the legend",
       .y_title = "out-of-sample error of ln T_grok",
       .lines = false})};
}
std::vector<report::Chart> rate_figures(const TimedMeasurement& m) { return figures(m, "rivals-rate"); }
std::vector<report::Chart> norm_figures(const TimedMeasurement& m) { return figures(m, "rivals-norm"); }
std::vector<report::Chart> logit_figures(const TimedMeasurement& m) { return figures(m, "rivals-logit"); }

}  // namespace

const char* rival_name(Rival rival) {
  switch (rival) {
    case Rival::kConstant:
      return "a constant";
    case Rival::kRateLaw:
      return "1 / (eta lambda)";
    case Rival::kRate:
      return "a power of eta lambda";
    case Rival::kNorm:
      return "the norm at T_fit";
    case Rival::kLogitScale:
      return "the logit scale";
    case Rival::kRateAndLogit:
      break;
  }
  return "eta lambda and logit scale";
}

std::vector<RivalCondition> conditions_of(const Scale& scale) {
  std::vector<RivalCondition> all = {{"base"},
                                     {"lambda 0.3", 1e-3, 0.3},
                                     {"lambda 0.5", 1e-3, 0.5},
                                     {"lambda 2", 1e-3, 2},
                                     {"eta 0.0005", 5e-4},
                                     {"eta 0.002", 2e-3},
                                     {"eta 0.004", 4e-3},
                                     {"alpha 8", 1e-3, 1, 8},
                                     {"alpha 32", 1e-3, 1, 32},
                                     {"tau 1.5", 1e-3, 1, 1, 1.5},
                                     {"tau 2.5", 1e-3, 1, 1, 2.5},
                                     {"tau 0.6", 1e-3, 1, 1, 0.6},
                                     {"lambda 0.5, eta 0.002", 2e-3, 0.5},
                                     {"lambda 2, tau 1.5", 1e-3, 2, 1, 1.5},
                                     {"eta 0.002, alpha 8", 2e-3, 1, 8}};
  const bool small = scale.name != "full";
  all.push_back({"D +14 %", 1e-3, 1, 1, 1, small ? 769 : 4290});
  all.push_back({"H half", 1e-3, 1, 1, 1, 0, 64});
  all.push_back({"H twice", 1e-3, 1, 1, 1, 0, 256});
  if (scale.name == "smoke") all.erase(all.begin() + 4, all.end());
  return all;
}

std::vector<double> out_of_sample_errors(const TimedMeasurement& m, Rival rival) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const SeenSeed seen = seen_seed(m, rival, seed);
    if (seen.times.size() < 4) return std::nan("");
    double squares = 0;
    for (std::size_t i = 0; i < seen.times.size(); ++i) {
      const double error = seen.times[i] - predicted(seen, i);
      squares += error * error;
    }
    return std::sqrt(squares / static_cast<double>(seen.times.size()));
  });
}

TimedSizes rival_sizes(const Scale& scale) {
  TimedSizes s;
  std::int64_t steps = 30000;
  if (scale.name == "smoke") {
    s.network = modular_mlp(17, 32, 64, "relu");
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.rows = 240;
    steps = 1500;
  } else if (scale.name == "quick" || scale.name == "standard") {
    s.network = modular_mlp(31, 64, 128, "relu");
    s.seeds = chosen_seeds(scale, scale.name == "quick" ? SeedRange{5400, 4} : SeedRange{6000, 5});
    s.rows = 672;  // 70 %
  } else if (scale.name == "full") {
    s.network = modular_mlp(97, 128, 128, "relu");
    s.seeds = chosen_seeds(scale, {6000, 5});  // those of D_crit, whose runs are varma2023's
    s.rows = 3763;                             // 40 %
    steps = 60000;
  } else {
    refuse_scale(scale, "smoke, quick, standard or full");
  }
  for (const RivalCondition& c : conditions_of(scale)) {
    TimedCondition condition{
        c.name, 1, {}, std::llround(static_cast<double>(steps) / (1e3 * c.learning_rate * c.weight_decay))};
    condition.settings = {
        fmt::format("optim.learning_rate={}", c.learning_rate), fmt::format("optim.weight_decay={}", c.weight_decay),
        fmt::format("model.init_scale={}", c.initial_scale), fmt::format("loss.temperature={}", c.temperature)};
    if (c.rows > 0) condition.settings.push_back(fmt::format("split.train_size={}", c.rows));
    if (c.width > 0) condition.settings.push_back(fmt::format("model.d_mlp={}", c.width));
    s.conditions.push_back(condition);
  }
  return s;
}

Judgement judge_rate(const TimedMeasurement& m) {
  return judge_rival(m, Rival::kRateLaw, {Rival::kNorm, Rival::kLogitScale, Rival::kRate});
}

Judgement judge_norm(const TimedMeasurement& m) {
  return judge_rival(m, Rival::kNorm, {Rival::kRateLaw, Rival::kLogitScale});
}

Judgement judge_logit(const TimedMeasurement& m) {
  Judgement result = judge_rival(m, Rival::kLogitScale, {Rival::kRateLaw, Rival::kNorm});
  result.tests.push_back(better(m, Rival::kRateAndLogit, Rival::kRate));
  return result;
}

Claim claim_rate() {
  return make_timed_claim({.id = "by-rate",
                           .title = "The delay is explained by 1 / (eta lambda)",
                           .statement = "Learning rate and weight decay set the time to generalise.",
                           .paper = "T_grok - T_mem ~ 1 / (eta lambda) (arXiv:2603.13331)",
                           .sizes = rival_sizes,
                           .judge = judge_rate,
                           .figures = rate_figures});
}

Claim claim_norm() {
  return make_timed_claim(
      {.id = "by-norm",
       .title = "The delay is explained by the norm",
       .statement = "The weight norm of the network that has memorised sets the time to generalise.",
       .paper = "T_grok ~ exp(alpha norm) at a held norm (arXiv:2606.13753)",
       .sizes = rival_sizes,
       .judge = judge_norm,
       .figures = norm_figures});
}

Claim claim_logit() {
  return make_timed_claim({.id = "by-logit-scale",
                           .title = "The delay is explained by the logit scale",
                           .statement = "The scale of the logits that the loss sees sets the time to generalise.",
                           .paper = "R^2 0.97 over norms and temperatures (arXiv:2606.18465)",
                           .sizes = rival_sizes,
                           .judge = judge_logit,
                           .figures = logit_figures});
}

}  // namespace groklab::studies::rivals
