// One run's way through training as plain numbers: its curve, when it fitted and when it generalised.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "groklab/analysis/curves.h"
#include "groklab/records.h"
#include "groklab/studies/sizes.h"

namespace groklab::studies {

/// [evaluation steps] each. NaN where a group of rows is empty.
struct TrainingCurve {
  std::vector<std::int64_t> step;
  std::vector<double> train_accuracy, test_accuracy;
  std::vector<double> norm;  ///< ||theta||_2
};
template <class F>
void visit_fields(TrainingCurve& c, F&& field) {
  field("step", c.step);
  field("train_accuracy", c.train_accuracy);
  field("test_accuracy", c.test_accuracy);
  field("norm", c.norm);
}
std::string complaint(const TrainingCurve& curve);
TrainingCurve curve_of(std::span<const Record> records);

/// A curve with what a figure calls it.
struct NamedCurve {
  std::string name;
  TrainingCurve curve;
};
template <class F>
void visit_fields(NamedCurve& c, F&& field) {
  field("name", c.name);
  field("curve", c.curve);
}

/// When a run fitted its training rows and when it generalised (event_times), within its budget.
struct Delay {
  std::optional<std::int64_t> fit, grok;  ///< none: not within the budget
  std::int64_t budget = 0;                ///< last step of the run
};
template <class F>
void visit_fields(Delay& d, F&& field) {
  field("fit", d.fit);
  field("grok", d.grok);
  field("budget", d.budget);
}
Delay delay_of(std::span<const Record> records, double accuracy);

/// log10(T_grok / T_fit). If the run fitted and did not generalise, the budget stands for T_grok; NaN if it did not
/// fit.
double log_delay(const Delay& delay);
/// Whether the budget stands for T_grok in log_delay().
bool is_censored(const Delay& delay);

/// value(seed) for every seed.
std::vector<double> per_seed(const SeedRange& seeds, const std::function<double(std::int64_t seed)>& value);

/// The transition of accuracy(rows) over the sizes at which it is finite; all NaN for fewer than two.
Transition transition_over(std::int64_t classes, std::span<const std::int64_t> rows,
                           const std::function<double(std::int64_t rows)>& accuracy);

}  // namespace groklab::studies
