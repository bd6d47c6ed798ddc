// What the claims of Varma et al. (2023) have in common: networks, seeds, budgets and sizes of each scale, and bounds
// that two claims share. Fixed before any result is seen.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/sizes.h"

namespace groklab::studies::varma2023 {

/// Accuracy that counts as fitted or generalised in delays. At 0.99 a few late rows would decide.
inline constexpr double kHeld = 0.9;
/// Generalisation counts as delayed if it takes at least as long again as fitting did. A factor, as both times scale
/// with the learning rate; 2 is the least that an eye would call a delay on the paper's logarithmic axis.
inline const double kDelayBound = std::log10(2.0);
/// Exponent b of norm ~ D^b below which a circuit counts as flat. The claim that C_mem grows and the claim that C_gen
/// does not use it from either side, so that no circuit can satisfy both. Over the factor of ten between D_crit and the
/// full table, 0.1 is 26 % of norm: about the spread of C_gen over seeds that the paper shows (27 to 33).
inline constexpr double kFlatExponent = 0.1;

/// How a run is brought to where its optimiser rests. AdamW's fixed points do not depend on the learning rate, so it is
/// twice the default's, and falls by a cosine at the end. Not more: of eight networks that memorised random labels
/// (p = 31) all rested after 80,000 steps of 2e-3, six after 60,000 of 3e-3 and none after 60,000 of 5e-3, where they
/// jump. Runs near D_crit and below take more steps to rest, and theirs are cheaper.
struct Relaxation {
  double learning_rate = 2e-3;
  double final_lr_fraction = 0.02;
  std::int64_t steps = 0;  ///< at weight decay 1 and above, for `rows` rows and more
  std::int64_t rows = 0;   ///< fewer take steps in inverse proportion, up to kMostRelaxation times `steps`
};
inline constexpr double kMostRelaxation = 3;
template <class F>
void visit_fields(Relaxation& r, F&& field) {
  field("learning_rate", r.learning_rate);
  field("final_lr_fraction", r.final_lr_fraction);
  field("steps", r.steps);
  field("rows", r.rows);
}
std::int64_t relaxation_steps(const Relaxation& relaxation, std::int64_t rows);
/// Of a network whose D_crit pilots found near `critical_rows`: three times as many steps up to there.
Relaxation relaxation_around(const Scale& scale, double critical_rows);

/// The sizes at `marks` of the paper's figures, on an axis of sizes: only its own network, x + y mod 113, has one that
/// they belong to.
std::vector<report::XyRule> paper_marks(const TaskNetwork& network, const std::vector<double>& marks);

/// Runs that are to converge take S / lambda steps at weight decay lambda, so that lr * lambda * steps is the same.
struct Budgets {
  std::int64_t converged = 0;  ///< S from scratch, true labels
  std::int64_t memorised = 0;  ///< S from scratch, random labels, which are learnt sooner
  std::int64_t ungrok = 0;     ///< S after a fork
};
template <class F>
void visit_fields(Budgets& b, F&& field) {
  field("converged", b.converged);
  field("memorised", b.memorised);
  field("ungrok", b.ungrok);
}

/// What several claims of a scale take over into their own sizes.
struct CommonSizes {
  TaskNetwork network;  ///< of most claims
  SeedRange seeds;
  double weight_decay = 1;            ///< the paper's default
  std::vector<double> weight_decays;  ///< ascending, the default among them
  Budgets budgets;
  std::int64_t scratch_steps = 0;                  ///< budget from scratch where delays are looked for
  std::int64_t grokking_rows = 0;                  ///< D at which a delay is expected
  std::int64_t parent_rows = 0, parent_steps = 0;  ///< of the networks that generalise and are forked
  Relaxation relaxation;                           ///< of everything that is read at rest
  std::vector<std::int64_t> memorised_rows;        ///< D of the C_mem curve, ascending
  std::vector<std::int64_t> general_rows;          ///< D of the C_gen curve, ascending: forks far above the transition
  std::vector<std::int64_t> ungrok_rows;           ///< D' around the transition, ascending
};
CommonSizes common_sizes(const Scale& scale);

/// The value of the scale that is asked for. Throws Error(kConfig) for a scale that scale_index() does not know.
template <class T>
T by_scale(const Scale& scale, T smoke, T quick, T standard, T full);
/// Throws Error(kConfig): 0 for "smoke", 1 for "quick", 2 for "standard", 3 for "full".
int scale_index(const Scale& scale);
/// Seeds of the scale standard that nobody had looked at when what was undecided on 6000 to 6004 for lack of runs at
/// rest was asked again, of longer runs (docs/decisions/verdicts.md).
inline constexpr std::int64_t kSecondStandardSeed = 7000;
/// The scale's seeds; so many of them as are asked for, or else `own` ones. `standard`: the first of scale standard.
SeedRange seeds_of(const Scale& scale, std::int64_t own, std::int64_t standard = 6000);

template <class T>
T by_scale(const Scale& scale, T smoke, T quick, T standard, T full) {
  const int index = scale_index(scale);
  return index == 0 ? smoke : index == 1 ? quick : index == 2 ? standard : full;
}

}  // namespace groklab::studies::varma2023
