// The claims about the number of rows from which a network generalises: how it grows with the modulus, and its
// constant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/sizes.h"

namespace groklab::studies::tian2025 {

/// Of the exponent of n / (M ln M) in M. A fixed fraction of the table would have 2 - 1.25 = 0.75 over the moduli of
/// quick, where M ln M grows as M^1.27: nearer to M ln M than to that.
inline constexpr double kShapeMargin = 0.375;
/// A multiple of M would have -0.27: nearer to M ln M than to that.
inline constexpr double kFineMargin = 0.125;
/// Test accuracy goes from 0.1 to 0.9 over a factor of some 1.6 in rows (pilots), so that another definition of the
/// threshold moves it by the root of that at most.
inline constexpr double kDefinition = 1.25;
/// Where generalising begins.
inline constexpr double kOnset = 0.1;

struct ThresholdSizes {
  SeedRange seeds;
  std::vector<std::int64_t> moduli;
  std::vector<double> multiples;  ///< rows = multiple * M ln M, ascending
  std::int64_t neurons = 0, steps = 0;
  std::vector<std::string> settings;  ///< of all runs
};
template <class F>
void visit_fields(ThresholdSizes& s, F&& field) {
  field("seeds", s.seeds);
  field("moduli", s.moduli);
  field("multiples", s.multiples);
  field("neurons", s.neurons);
  field("steps", s.steps);
  field("settings", s.settings);
}
std::string complaint(const ThresholdSizes& sizes);

struct ThresholdRun {
  std::int64_t seed = 0, modulus = 0, rows = 0;
  double train_accuracy = 0, test_accuracy = 0;  ///< at the end
};
template <class F>
void visit_fields(ThresholdRun& r, F&& field) {
  field("seed", r.seed);
  field("modulus", r.modulus);
  field("rows", r.rows);
  field("train_accuracy", r.train_accuracy);
  field("test_accuracy", r.test_accuracy);
}

struct ThresholdMeasurement {
  ThresholdSizes sizes;
  std::vector<ThresholdRun> runs;  ///< those that ended without error
};
template <class F>
void visit_fields(ThresholdMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("runs", m.runs);
}

/// Rows of a multiple of M ln M, rounded; never more than the table less one.
std::int64_t rows_of_multiple(std::int64_t modulus, double multiple);
/// Rows at which final test accuracy is half-way from guessing to 1 (fit_transition); NaN outside the sizes.
double threshold_of(const ThresholdMeasurement& m, std::int64_t seed, std::int64_t modulus);
/// The first rows at which it comes up to kOnset; NaN where the sizes do not hold it.
double onset_of(const ThresholdMeasurement& m, std::int64_t seed, std::int64_t modulus);

/// How a law says that thresholds grow with the modulus, up to a constant.
enum class SampleLaw { kLogClasses, kClasses, kTable };
double law_value(SampleLaw law, double modulus);
/// Mean over moduli of |ln(predicted / threshold)| of one seed, each threshold predicted with the constant of the
/// seed's other moduli. NaN with a threshold that is not known.
double law_error(const ThresholdMeasurement& m, std::int64_t seed, SampleLaw law);

ThresholdSizes threshold_sizes(const Scale& scale);
Judgement judge_shape(const ThresholdMeasurement& measurement);
Judgement judge_constant(const ThresholdMeasurement& measurement);

Claim claim_shape();
Claim claim_constant();

}  // namespace groklab::studies::tian2025
