// See claims.h.
#include "groklab/studies/song2026/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "groklab/analysis/curves.h"
#include "groklab/config/change.h"
#include "groklab/model/network.h"
#include "groklab/model/parameters.h"
#include "groklab/report/xy_chart.h"
#include "groklab/studies/song2026/published.h"
#include "groklab/studies/timed_conditions.h"
#include "groklab/studies/verdict_text.h"
#include "groklab/task.h"

namespace groklab::studies::song2026 {
namespace {

Config race_config(const RaceSizes& s, const RaceCondition& c, std::int64_t width, std::int64_t seed) {
  Config config;
  config.seed = seed;
  config.task.operation = "divide";
  config.task.modulus = c.modulus;
  config.split.train_size = c.rows;
  config.model.d_model = width;
  config.model.d_mlp = 4 * width;  // what 0 takes as well, but for networks that embed nothing and have no d_model
  config.train.evaluate_every = 0;
  config.train.evaluate_per_decade = s.evaluations_per_decade;
  change_config(config, s.settings, "settings of all runs");
  if (c.dropout > 0) change_config(config, {fmt::format("regularizer.dropout.rate={}", c.dropout)}, c.name);
  return config;
}

std::int64_t parameters_of(const Config& config) {
  const ResolvedConfig resolved = resolve_config(config);
  return model_layout(resolved->model, model_sizes(resolved->model, make_task(resolved))).total();
}

RaceRuns plan_race(SweepPlan& plan, const RaceSizes& s) {
  RaceRuns runs;
  for (std::size_t c = 0; c < s.conditions.size(); ++c) {
    for (const std::int64_t width : s.conditions[c].widths) {
      const std::int64_t parameters = parameters_of(race_config(s, s.conditions[c], width, 0));
      for (const std::int64_t seed : s.seeds.all()) {
        Config task = race_config(s, s.conditions[c], width, seed), random = task;
        task.train.steps = s.steps;
        task.train.stop_test_accuracy = s.generalised;
        task.train.stop_held_evaluations = 1;
        random.task.labels = LabelKind::kRandom;
        random.train.steps = s.random_steps;
        runs.runs.push_back({seed, c, width, parameters, plan.add(task), plan.add(random)});
      }
    }
  }
  return runs;
}

std::optional<std::int64_t> first_at(const std::vector<Record>& records, GroupMetrics Record::*group, double accuracy) {
  for (const Record& record : records) {
    if ((record.*group).accuracy >= accuracy) return std::max<std::int64_t>(record.step, 1);
  }
  return std::nullopt;
}

RaceMeasurement measure_race(const RunResults& results, const RaceSizes& sizes, const RaceRuns& runs) {
  RaceMeasurement m{sizes, {}};
  for (const RaceRuns::Item& item : runs.runs) {
    if (!results.has(item.task) || !results.has(item.random)) continue;
    const std::vector<Record>& task = results.records(item.task);
    m.points.push_back({item.seed, sizes.conditions[item.condition].name, item.width, item.parameters,
                        first_at(results.records(item.random), &Record::train, sizes.fitted),
                        first_at(task, &Record::train, sizes.fitted),
                        first_at(task, &Record::test, sizes.generalised)});
  }
  return m;
}

/// What is compared with 0 along the widths of a condition; NaN where it is not
/// known.
using Gap = std::function<double(const RacePoint& point)>;

/// ln(T_mem / T_gen).
double race_gap(const RaceMeasurement& m, const RacePoint& p) {
  if (!p.generalised) return std::nan("");
  const std::int64_t mem = p.memorised.value_or(m.sizes.random_steps);
  if (!p.memorised && mem < *p.generalised) return std::nan("");
  return std::log(static_cast<double>(mem) / static_cast<double>(*p.generalised));
}

/// ln(T_gen / T_fit); 0 where the test rows are right before the training rows
/// are.
double log_delay(const RacePoint& p) {
  if (!p.generalised) return std::nan("");
  const std::int64_t fit = p.fitted.value_or(*p.generalised);
  return std::max(0.0, std::log(static_cast<double>(*p.generalised) / static_cast<double>(fit)));
}

std::vector<RacePoint> points_of(const RaceMeasurement& m, std::int64_t seed, const std::string& condition) {
  std::vector<RacePoint> points;
  for (const RacePoint& p : m.points) {
    if (p.seed == seed && p.condition == condition) points.push_back(p);
  }
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.parameters < b.parameters; });
  return points;
}

/// ln P at which a gap that is at least 0 in narrow networks passes 0 for good.
double last_passage(const std::vector<RacePoint>& points, const Gap& gap) {
  double next = std::nan(""), next_gap = std::nan("");
  for (auto p = points.rbegin(); p != points.rend(); ++p) {
    const double own = gap(*p), at = std::log(static_cast<double>(p->parameters));
    if (std::isnan(own)) continue;
    if (own >= 0) return at + (next - at) * own / (own - next_gap);
    next = at;
    next_gap = own;
  }
  return std::nan("");
}

/// Mean of value(condition) over the conditions that have it.
double mean_over_conditions(const RaceMeasurement& m, const std::function<double(const std::string&)>& value) {
  std::vector<double> values;
  for (const RaceCondition& c : m.sizes.conditions) values.push_back(value(c.name));
  return mean_estimate(values).value;
}

double log_ratio(const RaceMeasurement& m, std::int64_t seed, const std::string& condition) {
  return log_onset(m, seed, condition) - log_crossing(m, seed, condition);
}

/// Of the onset over the crossing, of the conditions in which a seed has both;
/// NaN for fewer than three.
double slope_over_conditions(const RaceMeasurement& m, std::int64_t seed) {
  std::vector<double> crossings, onsets;
  for (const RaceCondition& c : m.sizes.conditions) {
    const double x = log_crossing(m, seed, c.name), y = log_onset(m, seed, c.name);
    if (!std::isfinite(x + y)) continue;
    crossings.push_back(x);
    onsets.push_back(y);
  }
  return crossings.size() < 3 ? std::nan("") : fit_line(crossings, onsets).slope;
}

double root_mean_square(const std::vector<double>& errors) {
  double squares = 0;
  for (const double e : errors) squares += e * e;
  return errors.empty() ? std::nan("") : std::sqrt(squares / static_cast<double>(errors.size()));
}

/// Error of ln(onset) by the crossing, without a constant, less that by the
/// mean onset of a seed's other conditions.
double error_beside_constant(const RaceMeasurement& m, std::int64_t seed) {
  std::vector<double> onsets, by_crossing, by_constant;
  for (const RaceCondition& c : m.sizes.conditions) {
    const double ratio = log_ratio(m, seed, c.name);
    if (!std::isfinite(ratio)) continue;
    by_crossing.push_back(ratio);
    onsets.push_back(log_onset(m, seed, c.name));
  }
  if (onsets.size() < 3) return std::nan("");
  const double n = static_cast<double>(onsets.size()), mean = mean_estimate(onsets).value;
  for (const double onset : onsets) by_constant.push_back((onset - mean) * n / (n - 1));
  return root_mean_square(by_crossing) - root_mean_square(by_constant);
}

/// Mean of value over the seed's points for which it is finite.
double mean_over_points(const RaceMeasurement& m, std::int64_t seed, const Gap& value) {
  std::vector<double> values;
  for (const RacePoint& p : m.points) values.push_back(p.seed == seed ? value(p) : std::nan(""));
  return mean_estimate(values).value;
}

/// Slope of ln T over ln P with an intercept for each condition, of the points
/// that have the time.
double speed_slope(const RaceMeasurement& m, std::int64_t seed, std::optional<std::int64_t> RacePoint::*time) {
  std::vector<std::int64_t> condition;
  std::vector<double> x, y;
  for (std::size_t c = 0; c < m.sizes.conditions.size(); ++c) {
    for (const RacePoint& p : points_of(m, seed, m.sizes.conditions[c].name)) {
      if (!(p.*time)) continue;
      condition.push_back(static_cast<std::int64_t>(c));
      x.push_back(std::log(static_cast<double>(p.parameters)));
      y.push_back(std::log(static_cast<double>(*(p.*time))));
    }
  }
  return within_group_slope(condition, x, y).value;
}

Estimate over_seeds(const RaceMeasurement& m, const std::function<double(std::int64_t seed)>& value, double level) {
  return mean_estimate(per_seed(m.sizes.seeds, value), level);
}

void finish(const RaceMeasurement& m, Judgement& result) {
  if (!m.points.empty()) result.n_seeds = m.sizes.seeds.count;
  for (const RacePoint& p : m.points) result.n_censored += p.memorised && p.fitted && p.generalised ? 0 : 1;
  result.censoring = "networks that reach one of the three accuracies not within the budget";
}

std::vector<report::Chart> charts_of(const RaceMeasurement& m, const std::string& id) {
  std::vector<report::Chart> charts;
  for (std::size_t c = 0; c < m.sizes.conditions.size(); ++c) {
    const RaceCondition& condition = m.sizes.conditions[c];
    std::vector<report::XyPoint> points;
    for (const std::int64_t width : condition.widths) {
      const auto add = [&](const char* series, std::optional<std::int64_t> RacePoint::*time) {
        std::vector<double> times;
        double parameters = 0;
        for (const RacePoint& p : m.points) {
          if (p.condition != condition.name || p.width != width) continue;
          parameters = static_cast<double>(p.parameters);
          times.push_back((p.*time) ? static_cast<double>(*(p.*time)) : std::nan(""));
        }
        const bool all = std::none_of(times.begin(), times.end(), [](double t) { return std::isnan(t); });
        if (!times.empty() && all) points.push_back({series, parameters, median_of(times)});
      };
      add("memorise random labels", &RacePoint::memorised);
      add("fit the task", &RacePoint::fitted);
      add("generalise", &RacePoint::generalised);
    }
    charts.push_back(report::make_xy_chart(points, {.id = fmt::format("{}-{}", id, c),
                                                    .title = fmt::format("Speeds over size: {}", condition.name),
                                                    .caption = "Medians over seeds, of the sizes at which every "
                                                               "seed came so far.",
                                                    .x_title = "parameters",
                                                    .y_title = "steps",
                                                    .log_x = true,
                                                    .log_y = true}));
  }
  return charts;
}

std::vector<report::Chart> race_figures(const RaceMeasurement& m) { return charts_of(m, "song-race"); }
std::vector<report::Chart> one_hot_figures(const RaceMeasurement& m) { return charts_of(m, "song-one-hot"); }

std::vector<report::Chart> no_figures(const RaceMeasurement&) { return {}; }

Claim race_claim(const char* id, const char* title, const char* statement, const char* paper,
                 Judgement (*judge)(const RaceMeasurement&),
                 std::vector<report::Chart> (*figures)(const RaceMeasurement&),
                 RaceSizes (*sizes)(const Scale&) = race_sizes) {
  return make_claim<RaceSizes, RaceRuns, RaceMeasurement>({.id = id,
                                                           .title = title,
                                                           .statement = statement,
                                                           .paper = paper,
                                                           .sizes = sizes,
                                                           .plan = plan_race,
                                                           .measure = measure_race,
                                                           .judge = judge,
                                                           .figures = figures});
}

}  // namespace

double log_crossing(const RaceMeasurement& m, std::int64_t seed, const std::string& condition) {
  return last_passage(points_of(m, seed, condition), [&](const RacePoint& p) { return race_gap(m, p); });
}

double log_onset(const RaceMeasurement& m, std::int64_t seed, const std::string& condition) {
  return last_passage(points_of(m, seed, condition),
                      [](const RacePoint& p) { return std::log(kDelay) - log_delay(p); });
}

RaceSizes race_sizes(const Scale& scale) {
  RaceSizes s;
  s.settings = {"optim.weight_decay=1", "optim.learning_rate=0.001", "optim.warmup_steps=0", "model.biases=none"};
  const std::vector<std::string> mlp = {"model.architecture=mlp", "model.activation=relu", "model.n_layers=1"};
  if (scale.name == "smoke") {
    s.network = "MLP, x / y mod 17";
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.conditions = {{"p 17, 80 %", 17, 217, 0, {8, 16}}, {"p 19, 80 %", 19, 273, 0, {8, 16}}};
    s.steps = s.random_steps = 300;
  } else if (scale.name == "quick") {
    s.network = "MLP, x / y mod 23, 31 and 41";
    s.seeds = chosen_seeds(scale, {5000, 6});
    s.conditions = {{"p 31, 70 %", 31, 651, 0, {10, 11, 12, 14, 16, 20, 28}},
                    {"p 31, 70 %, dropout 0.2", 31, 651, 0.2, {12, 14, 16, 20, 24, 32}},
                    {"p 31, 80 %", 31, 744, 0, {10, 11, 12, 14, 16, 20, 28}},
                    {"p 23, 80 %", 23, 405, 0, {8, 9, 10, 12, 16, 24}},
                    {"p 41, 70 %", 41, 1148, 0, {14, 15, 16, 18, 20, 24, 32}}};
    s.steps = 12000;
    s.random_steps = 8000;
  } else if (scale.name == "standard") {
    s.network = "two-layer transformer, x / y mod 97, 113 and 139";
    s.seeds = chosen_seeds(scale, {6000, 10});
    for (const std::int64_t p : {97, 113, 139}) {
      s.conditions.push_back(
          {fmt::format("p {}, 50 %, dropout 0.2", p), p, p * (p - 1) / 2, 0.2, {20, 24, 32, 40, 56, 80, 128, 256}});
    }
    s.steps = s.random_steps = 50000;
    s.settings.insert(s.settings.end(), {"model.n_layers=2", "model.n_heads=1", "model.layer_norm=pre",
                                         "model.input_tokens=4", "optim.batch_size=512"});
    return s;
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  s.settings.insert(s.settings.end(), mlp.begin(), mlp.end());
  return s;
}

RaceSizes one_hot_sizes(const Scale& scale) {
  RaceSizes s;
  s.settings = {"optim.weight_decay=1", "optim.learning_rate=0.001",      "optim.warmup_steps=0",
                "model.biases=none",    "model.architecture=one_hot_mlp", "model.activation=relu",
                "model.n_layers=1"};
  s.steps = 20000;
  s.random_steps = 2500;
  if (scale.name == "smoke") {
    s.network = "one-hot MLP, x / y mod 17";
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.conditions = {{"p 17, 80 %", 17, 217, 0, {8, 16}}, {"p 19, 80 %", 19, 273, 0, {8, 16}}};
    s.steps = s.random_steps = 300;
  } else if (scale.name == "quick") {
    // Pilots (seeds 20 and 21) had 12,000 steps: of 54 networks of fewer than 96 neurons none generalised, while those
    // of 64 had all memorised random labels. All tests should be decided.
    s.network = "one-hot MLP, x / y mod 23, 31 and 41";
    s.seeds = chosen_seeds(scale, {5400, 6});
    s.conditions = {{"p 23, 80 %", 23, 405, 0, {24, 32, 48}},
                    {"p 31, 80 %", 31, 744, 0, {16, 24, 32}},
                    {"p 41, 70 %", 41, 1148, 0, {16, 24, 32}}};
  } else if (scale.name == "standard") {
    s.network = "one-hot MLP, x / y mod 23 to 59";
    s.seeds = chosen_seeds(scale, {6000, 10});
    for (const std::int64_t p : {23, 31, 41, 59}) {
      s.conditions.push_back({fmt::format("p {}, 80 %", p), p, p * (p - 1) * 4 / 5, 0, {12, 16, 20, 24, 32, 48, 64}});
    }
    s.steps = 50000;
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  return s;
}

Judgement judge_one_hot(const RaceMeasurement& m) {
  const Criterion near = must_be_below(std::log(kClose), EffectScale::kLnRatio),
                  late = must_be_above(std::log(kDelay), EffectScale::kLnRatio), falls = must_be_below(0);
  const auto of_narrowest = [&](const Gap& value) {
    return [&m, value](std::int64_t seed) {
      return mean_over_conditions(m, [&](const std::string& condition) {
        for (const RacePoint& p : points_of(m, seed, condition)) {
          if (p.generalised && p.memorised) return value(p);
        }
        return std::nan("");
      });
    };
  };
  const auto gap = of_narrowest([&](const RacePoint& p) { return -race_gap(m, p); });
  const auto delay = of_narrowest(log_delay);
  Judgement result;
  result.tests = {
      {"ln(T_gen / T_mem) of the narrowest network that generalises, mean over conditions",
       fmt::format("below ln {}: networks generalise from the crossing on", kClose), over_seeds(m, gap, near.level()),
       near},
      {"ln(T_gen / T_fit) of the same networks", fmt::format("above ln {}: they grok", kDelay),
       over_seeds(m, delay, late.level()), late, false},
      {"slope of ln T_mem over ln P", "below 0: larger networks memorise faster",
       over_seeds(
           m, [&](std::int64_t seed) { return speed_slope(m, seed, &RacePoint::memorised); }, falls.level()),
       falls, false}};
  result.ours = fmt::format(
      "the narrowest networks that generalise take {} times as long as for random labels, {} times "
      "T_fit",
      estimate_text(exponential(over_seeds(m, gap, 0.95))), estimate_text(exponential(over_seeds(m, delay, 0.95))));
  finish(m, result);
  return result;
}

Judgement judge_race(const RaceMeasurement& m) {
  const Criterion close = must_agree_within_factor(kClose), moves = must_be_above(kMoves), better = must_be_below(0);
  const auto mean_ratio = [&](std::int64_t seed) {
    return mean_over_conditions(m, [&](const std::string& c) { return log_ratio(m, seed, c); });
  };
  const auto slope = [&](std::int64_t seed) { return slope_over_conditions(m, seed); };
  Judgement result;
  result.tests = {{"ln(parameters where T_gen = 2 T_fit / where T_mem = T_gen), mean over "
                   "conditions",
                   fmt::format("within ln {}: grokking begins close to the crossing", kClose),
                   over_seeds(m, mean_ratio, close.level()), close},
                  {"slope of ln(parameters at the onset) over ln(parameters at the "
                   "crossing), over conditions",
                   fmt::format("above {}: nearer to moving with the crossing than to staying", kMoves),
                   over_seeds(m, slope, moves.level()), moves},
                  {"root mean square over conditions of the error in ln(onset), of the "
                   "crossing without a constant less of the mean "
                   "onset of the other conditions",
                   "below 0: the crossing says more than any one size",
                   over_seeds(
                       m, [&](std::int64_t seed) { return error_beside_constant(m, seed); }, better.level()),
                   better, false}};
  const Estimate factor = exponential(over_seeds(m, mean_ratio, 0.95));
  result.ours = fmt::format("grokking begins at {} times the parameters of the crossing; slope {}",
                            estimate_text(factor), estimate_text(over_seeds(m, slope, 0.95)));
  finish(m, result);
  for (const RaceCondition& c : m.sizes.conditions) {
    const auto mean = [&](double (*where)(const RaceMeasurement&, std::int64_t, const std::string&)) {
      return estimate_text(exponential(over_seeds(
          m, [&](std::int64_t seed) { return where(m, seed, c.name); }, 0.95)));
    };
    result.notes.push_back(
        fmt::format("{}: crossing at {} parameters, onset at {}.", c.name, mean(log_crossing), mean(log_onset)));
  }
  result.published = {{kOnsetAtCrossing, factor}};
  return result;
}

Judgement judge_sides(const RaceMeasurement& m) {
  const Criterion none = must_be_below(std::log(kDelay), EffectScale::kLnRatio),
                  some = must_be_above(std::log(kDelay), EffectScale::kLnRatio),
                  same = must_agree_within_factor(kAsLong);
  const auto delay_where = [&](const std::function<bool(double gap)>& takes) {
    return [&m, takes](std::int64_t seed) {
      return mean_over_points(m, seed, [&](const RacePoint& p) {
        const double gap = race_gap(m, p);
        return std::isfinite(gap) && takes(gap) ? log_delay(p) : std::nan("");
      });
    };
  };
  const auto slower = delay_where([](double gap) { return gap >= 0; });
  const auto faster = delay_where([](double gap) { return gap < -std::log(kDelay); });
  const auto random_beside_task = [&](std::int64_t seed) {
    return mean_over_conditions(m, [&](const std::string& c) {
      const std::vector<RacePoint> points = points_of(m, seed, c);
      if (points.empty() || !points.back().fitted || !points.back().memorised) return std::nan("");
      return std::log(static_cast<double>(*points.back().fitted) / static_cast<double>(*points.back().memorised));
    });
  };
  Judgement result;
  result.tests = {{"ln(T_gen / T_fit) of networks with T_mem at least T_gen",
                   fmt::format("below ln {}: they do not grok", kDelay), over_seeds(m, slower, none.level()), none},
                  {"ln(T_gen / T_fit) of networks with T_mem less than half of T_gen",
                   fmt::format("above ln {}: they grok", kDelay), over_seeds(m, faster, some.level()), some},
                  {"ln(T_fit / T_mem) of the widest network of each condition",
                   fmt::format("within ln {}: a wide network takes the task for random "
                               "labels, so that T_gen / T_mem is its delay "
                               "by another name",
                               kAsLong),
                   over_seeds(m, random_beside_task, same.level()), same, false}};
  result.ours = fmt::format(
      "T_gen / T_fit is {} where memorising is slower, {} where it "
      "is twice as fast",
      estimate_text(exponential(over_seeds(m, slower, 0.95))), estimate_text(exponential(over_seeds(m, faster, 0.95))));
  finish(m, result);
  return result;
}

Judgement judge_speeds(const RaceMeasurement& m) {
  const Criterion falls = must_be_below(0);
  const auto mem = [&](std::int64_t seed) { return speed_slope(m, seed, &RacePoint::memorised); };
  const auto gen = [&](std::int64_t seed) { return speed_slope(m, seed, &RacePoint::generalised); };
  const auto less = [&](std::int64_t seed) { return mem(seed) - gen(seed); };
  Judgement result;
  result.tests = {{"slope of ln T_mem over ln P", "below 0: larger networks memorise faster",
                   over_seeds(m, mem, falls.level()), falls},
                  {"slope of ln T_mem over ln P less that of ln T_gen", "below 0: so that the two cross",
                   over_seeds(m, less, falls.level()), falls}};
  result.ours = fmt::format("T_mem goes as P^{}, T_gen as P^{}", estimate_text(over_seeds(m, mem, 0.95)),
                            estimate_text(over_seeds(m, gen, 0.95)));
  finish(m, result);
  result.notes = {
      "Slopes are of the networks that came so far within the "
      "budget, with an intercept per condition."};
  return result;
}

Claim claim_race() {
  return race_claim("race", "Grokking begins where memorising becomes faster than generalising",
                    "Over the number of parameters, grokking sets in close to where the time "
                    "to memorise random labels "
                    "of as many rows equals the time to generalise.",
                    "\"close to the parameter scale where these timescales intersect\", ten "
                    "primes, widths 20 to 256",
                    judge_race, race_figures);
}

Claim claim_sides() {
  return race_claim("sides", "No delay below the crossing, a delay above it",
                    "A network too small to memorise before it generalises has no delay; one "
                    "that memorises first has.",
                    "delay of grokking by number of parameters, one figure a prime", judge_sides, no_figures);
}

Claim claim_speeds() {
  return race_claim("speeds", "Larger networks memorise faster",
                    "The time to memorise falls with the number of parameters, "
                    "and falls faster than the time to "
                    "generalise.",
                    "T_mem falls exponentially in the capacity that is left, "
                    "2.16 bits a parameter",
                    judge_speeds, no_figures);
}

Claim claim_one_hot() {
  return race_claim("one-hot", "The crossing without an embedding",
                    "In networks with one layer on one-hot inputs, too, generalising begins where it takes as long as "
                    "memorising.",
                    "no network of this kind is published", judge_one_hot, one_hot_figures, one_hot_sizes);
}

}  // namespace groklab::studies::song2026
