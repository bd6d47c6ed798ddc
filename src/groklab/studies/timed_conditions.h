// Runs of a small MLP under named conditions, each a list of settings, the same seeds everywhere: when they fitted and
// generalised, and how they ended. What studies that compare times between conditions share.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/mlp_network.h"
#include "groklab/studies/training_curve.h"

namespace groklab::studies {

/// A point of a series: its place on the axis of figures and slopes, and the settings that make it.
struct TimedCondition {
  std::string series;
  double x = 0;
  std::vector<std::string> settings;  ///< "key=value", on top of those of all conditions
  std::int64_t steps = 0;             ///< budget

  std::string name() const;  ///< "hold 1.15"
};
template <class F>
void visit_fields(TimedCondition& c, F&& field) {
  field("series", c.series);
  field("x", c.x);
  field("settings", c.settings);
  field("steps", c.steps);
}

struct TimedSizes {
  MlpNetwork network;
  SeedRange seeds;
  std::int64_t rows = 0;
  std::vector<std::string> settings;  ///< of all conditions
  std::vector<TimedCondition> conditions;
  double fitted = 0.99, generalised = 0.9;  ///< accuracies of T_fit (training rows) and T_grok (test rows)
  bool stops = true;                        ///< a run ends when it has generalised
  bool logits = false;                      ///< the final networks' logits are measured too
  std::int64_t evaluations_per_decade = 60;
};
template <class F>
void visit_fields(TimedSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("rows", s.rows);
  field("settings", s.settings);
  field("conditions", s.conditions);
  field("fitted", s.fitted);
  field("generalised", s.generalised);
  field("stops", s.stops);
  field("logits", s.logits);
  field("evaluations_per_decade", s.evaluations_per_decade);
}

struct TimedRuns {
  struct Item {
    RunIndex run = 0;
    std::int64_t seed = 0;
    std::size_t condition = 0;  ///< of the sizes
  };
  std::vector<Item> runs;
};

struct TimedRun {
  std::int64_t seed = 0;
  std::string series;
  double x = 0;
  Delay delay;
  double train_accuracy = 0, test_accuracy = 0;  ///< at the end
  double best_test_accuracy = 0;                 ///< of all evaluation steps
  double collapsed = 0;      ///< training rows at the end whose softmax is exactly one-hot in float32
  double norm = 0;           ///< of all parameters, at the end
  double norm_at_fit = 0;    ///< at T_fit; NaN without one
  double norm_at_grok = 0;   ///< at T_grok; NaN without one
  double logit_between = 0;  ///< mean centred correct logit of training rows, midway from T_fit to T_grok on a
                             ///< logarithmic axis; to the end of a run that did not generalise; NaN without T_fit
  double logit_norm = 0;     ///< mean over all rows of the logits' Euclidean norm, at the end; NaN if not measured
};
template <class F>
void visit_fields(TimedRun& r, F&& field) {
  field("seed", r.seed);
  field("series", r.series);
  field("x", r.x);
  field("delay", r.delay);
  field("train_accuracy", r.train_accuracy);
  field("test_accuracy", r.test_accuracy);
  field("best_test_accuracy", r.best_test_accuracy);
  field("collapsed", r.collapsed);
  field("norm", r.norm);
  field("norm_at_fit", r.norm_at_fit);
  field("norm_at_grok", r.norm_at_grok);
  field("logit_between", r.logit_between);
  field("logit_norm", r.logit_norm);
}

struct TimedMeasurement {
  TimedSizes sizes;
  std::vector<TimedRun> runs;  ///< those that ended without error
};
template <class F>
void visit_fields(TimedMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("runs", m.runs);
}

/// The scale's own seeds, or those that were asked for.
SeedRange chosen_seeds(const Scale& scale, SeedRange own);
/// Throws Error(kConfig): the study has no such scale.
[[noreturn]] void refuse_scale(const Scale& scale, const char* known);

/// Network, seeds and rows that several studies share: x + y modulo 17, 31 or 97. Throws Error(kConfig) for another
/// scale.
TimedSizes modular_mlp_sizes(const Scale& scale);

TimedRuns plan_timed(SweepPlan& plan, const TimedSizes& sizes);
TimedMeasurement measure_timed(const RunResults& results, const TimedSizes& sizes, const TimedRuns& runs);

/// Null if there is no such run.
const TimedRun* find_timed(const TimedMeasurement& m, std::int64_t seed, const std::string& series, double x);
/// Distinct values of a series, in the order of the conditions.
std::vector<double> values_of_series(const TimedSizes& sizes, const std::string& series);
std::vector<const TimedRun*> runs_of(const TimedMeasurement& m, const std::string& series, double x);

/// ln T_grok; of the budget where a run did not generalise; NaN where there is no run.
double log_grok(const TimedMeasurement& m, std::int64_t seed, const std::string& series, double x);
/// Median of T_grok by Kaplan and Meier; infinite if fewer than half generalised.
double median_grok(const TimedMeasurement& m, const std::string& series, double x);
/// Slope of ln T_grok over x (or ln x) of each seed, runs that did not generalise as times above their budget. [seeds]
std::vector<double> log_slopes(const TimedMeasurement& m, const std::string& series, bool log_x,
                               const std::function<bool(double x)>& takes = {});
/// Fraction of the runs of these conditions that generalised, by Wilson.
Estimate grokked_fraction(const TimedMeasurement& m, const std::string& series, std::initializer_list<double> values);

/// Seeds, runs that fitted and did not generalise, and what a page says of them.
void finish_timed(const TimedMeasurement& m, Judgement& result);

/// Each series' median T_grok over x with its interval.
report::Chart timed_chart(const TimedMeasurement& m, const std::string& id, const std::string& title,
                          const std::string& x_title, bool log_x = false);

/// A claim of this kind.
struct TimedClaim {
  const char *id, *title, *statement, *paper;
  TimedSizes (*sizes)(const Scale& scale);
  Judgement (*judge)(const TimedMeasurement& measurement);
  std::vector<report::Chart> (*figures)(const TimedMeasurement& measurement);
};
Claim make_timed_claim(const TimedClaim& claim);

}  // namespace groklab::studies
