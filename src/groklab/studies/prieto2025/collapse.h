// The claim about number formats: the narrower the format of the softmax, the earlier training without weight decay
// stops, and the less it learns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::prieto2025 {

/// Collapse has come where it holds half of the training rows, as the publication's figure marks it.
inline constexpr double kHalfOfRows = 0.5;
/// Training has stopped where nearly all training rows have no gradient left.
inline constexpr double kNearlyAll = 0.9;

// Series; x is the bits of the softmax, all else is float32.
inline constexpr const char* kFloat = "float";                 ///< 16, 32 or 64
inline constexpr const char* kBfloat = "bfloat";               ///< 16
inline constexpr const char* kFloatSum = "float, sum too ";    ///< 16: the sum is rounded as well, and absorbs
inline constexpr const char* kBfloatSum = "bfloat, sum too ";  ///< 16

/// What a run's format did to its rows.
struct FormatRun {
  std::int64_t seed = 0;
  std::string series;
  double x = 0;
  /// First evaluation step at which the softmax of kHalfOfRows of the training rows has collapsed in the run's format.
  std::optional<std::int64_t> collapse;
  std::int64_t budget = 0;      ///< last step
  double without_gradient = 0;  ///< training rows whose loss has no gradient at all, at the end
};
template <class F>
void visit_fields(FormatRun& r, F&& field) {
  field("seed", r.seed);
  field("series", r.series);
  field("x", r.x);
  field("collapse", r.collapse);
  field("budget", r.budget);
  field("without_gradient", r.without_gradient);
}

struct CollapseMeasurement {
  TimedMeasurement timed;
  std::vector<FormatRun> formats;  ///< of the same runs, in their order
};
template <class F>
void visit_fields(CollapseMeasurement& m, F&& field) {
  field("sizes", m.timed.sizes);
  field("runs", m.timed.runs);
  field("formats", m.formats);
}

TimedSizes collapse_sizes(const Scale& scale);
Judgement judge_collapse(const CollapseMeasurement& measurement);
Claim claim_collapse();
/// Whether what the narrow formats lose is what the publication says: the bits of a sum.
Judgement judge_absorption(const CollapseMeasurement& measurement);
Claim claim_absorption();

}  // namespace groklab::studies::prieto2025
