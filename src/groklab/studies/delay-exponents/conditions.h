// Runs whose time to generalise is compared: one hyper-parameter at a time away from a base, the same seeds everywhere.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/mlp_network.h"
#include "groklab/studies/training_curve.h"

namespace groklab::studies::delay_exponents {

/// Hyper-parameters that times depend on.
enum class Factor { kLearningRate, kWeightDecay, kRows, kWidth };
const char* factor_symbol(Factor factor);  ///< "eta", "lambda", "D", "H"

struct Condition {
  double learning_rate = 1e-3, weight_decay = 1;
  std::int64_t rows = 0, width = 0;

  bool operator==(const Condition&) const = default;
  double value(Factor factor) const;
  Condition with(Factor factor, double value) const;
};
template <class F>
void visit_fields(Condition& c, F&& field) {
  field("learning_rate", c.learning_rate);
  field("weight_decay", c.weight_decay);
  field("rows", c.rows);
  field("width", c.width);
}

struct ConditionSizes {
  MlpNetwork network;  ///< of the base condition
  SeedRange seeds;
  Condition base;
  std::vector<double> learning_rates, weight_decays;  ///< ascending; empty: not varied
  std::vector<std::int64_t> rows, widths;
  std::int64_t steps = 0;                    ///< budget of the base; others take it in inverse proportion to eta lambda
  double fitted = 0.99, generalised = 0.9;   ///< accuracies of T_fit (training rows) and T_grok (test rows)
  std::int64_t evaluations_per_decade = 60;  ///< a time is known to 4 %
};
template <class F>
void visit_fields(ConditionSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("base", s.base);
  field("learning_rates", s.learning_rates);
  field("weight_decays", s.weight_decays);
  field("rows", s.rows);
  field("widths", s.widths);
  field("steps", s.steps);
  field("fitted", s.fitted);
  field("generalised", s.generalised);
  field("evaluations_per_decade", s.evaluations_per_decade);
}
std::vector<double> values_of(const ConditionSizes& sizes, Factor factor);

struct ConditionRuns {
  struct Item {
    RunIndex run = 0;
    std::int64_t seed = 0;
    Condition condition;
  };
  std::vector<Item> runs;
};

struct TimedRun {
  std::int64_t seed = 0;
  Condition condition;
  Delay delay;
};
template <class F>
void visit_fields(TimedRun& r, F&& field) {
  field("seed", r.seed);
  field("condition", r.condition);
  field("delay", r.delay);
}

struct ConditionMeasurement {
  ConditionSizes sizes;
  std::vector<TimedRun> runs;  ///< those that did not fail
};
template <class F>
void visit_fields(ConditionMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("runs", m.runs);
}

/// Nothing varied. Throws Error(kConfig) for a scale other than smoke, quick and standard.
ConditionSizes base_sizes(const Scale& scale);
ConditionRuns plan_conditions(SweepPlan& plan, const ConditionSizes& sizes);
ConditionMeasurement measure_conditions(const RunResults& results, const ConditionSizes& sizes,
                                        const ConditionRuns& runs);

/// What is a power of the factor: the step at which the network generalises, or how long after fitting that is.
enum class Time { kGrok, kGrokLessFit };
/// Exponent of each seed: slope of ln T over ln value, runs that did not generalise as times above their budget
/// (censored_group_lines). Only runs whose other hyper-parameters are the base's, and whose value `takes` accepts. NaN
/// for a seed without two times. [seeds]
std::vector<double> exponents(const ConditionMeasurement& m, Factor factor, Time time,
                              const std::function<bool(double value)>& takes = {});
/// Their mean, less `published`.
Estimate exponent_less(const ConditionMeasurement& m, Factor factor, Time time, double published, double level);
/// Exponent over the upper half of the values less that over the lower half, the middle one in both: 0 for a power law.
Estimate bend(const ConditionMeasurement& m, Factor factor, Time time, double level);
/// "lambda^-0.97 [-1.02, -0.92]".
std::string exponent_text(const ConditionMeasurement& m, Factor factor, Time time);

/// Runs that fitted and did not generalise within their budgets, and what a page says of them.
void count_censored(const ConditionMeasurement& m, Judgement& result);

/// Kaplan and Meier's median of T_grok at each value with its interval, and lines of published exponents through the
/// base's median.
struct Law {
  std::string name;
  double exponent = 0;
};
report::Chart times_chart(const ConditionMeasurement& m, Factor factor, const std::vector<Law>& laws,
                          const std::string& id);

}  // namespace groklab::studies::delay_exponents
