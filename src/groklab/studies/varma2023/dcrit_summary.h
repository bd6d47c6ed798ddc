// What claim dcrit computes from its measurement: D_crit by each definition, per seed and network, and rivals' errors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/analysis/censored_means.h"
#include "groklab/analysis/estimate.h"
#include "groklab/studies/varma2023/dcrit.h"

namespace groklab::studies::varma2023 {

inline constexpr const char* kConstantRival = "a constant";
inline constexpr const char* kTableRival = "a multiple of the table's rows N";
inline constexpr const char* kLogRival = "c M log M (Tian 2025)";
/// What the two definitions of equal efficiency predict, each with a fitted constant as the rivals have.
inline constexpr const char* kObjectivesRival = "a multiple of where objectives are equal";
inline constexpr const char* kPureRival = "a multiple of where norms of pure states are equal";
inline constexpr const char* kRaceRival = "equal times to fit and to generalise (Song and Ye 2026)";

/// ln D of one definition for every network and seed; the group is the network's index.
using LogSizes = std::vector<CensoredValue>;

/// ln D of the largest size whose fork has ungrokked and of the smallest from which training from scratch generalises,
/// of a seed's states at rest; infinite where there is none.
struct Bracket {
  double low = 0, high = 0;
};

/// Runs of a network, and how many of them did not come to rest.
struct RestlessRuns {
  std::int64_t general = 0, memorising = 0;      ///< restless
  std::int64_t n_general = 0, n_memorising = 0;  ///< all
};

struct DcritSummary {
  std::vector<std::string> networks;
  std::vector<std::int64_t> seeds;            ///< of every network
  std::vector<RestlessRuns> restless;         ///< [networks]
  std::vector<Bracket> brackets;              ///< [networks x seeds]
  std::vector<double> log_rows, log_classes;  ///< [networks] ln N and ln(M ln M)
  /// [networks x seeds] each
  LogSizes by_branches;           ///< predicted: F_G = F_M
  LogSizes by_pure_states;        ///< predicted: norms at equal margin, as the paper defines D_crit
  LogSizes by_unfiltered_states;  ///< the same with all networks that generalise, whatever memorisation is left in them
  LogSizes by_race;               ///< predicted: T_fit = T_grok
  LogSizes by_composition;        ///< observed: rho = 1
  LogSizes by_accuracy;           ///< observed: test accuracy half-way
  std::vector<double> in_bracket;    ///< [networks] fraction of seeds; NaN without a prediction
  double smallest = 0, largest = 0;  ///< observed D_crit of the networks
  std::int64_t n_censored = 0, n_restless = 0;
};
DcritSummary summarise_dcrit(const DcritMeasurement& measurement);

/// ln(F_G / F_M) of a seed at a size: both at rest, the M-start memorising.
struct BranchPoint {
  std::int64_t seed = 0, rows = 0;
  double log_ratio = 0;
};
std::vector<BranchPoint> branch_points(const DcritNetworkMeasurement& network);
/// ln D at which a seed's line through them is 0; nothing if it does not fall, a bound if it lies beyond
/// kCrossingReach.
CensoredValue branch_crossing(std::int64_t network, const std::vector<BranchPoint>& points, std::int64_t seed);

/// Of a seed's states at rest.
Bracket bracket_of(const std::vector<RestingState>& general, const std::vector<RestingState>& memorising,
                   std::int64_t seed);
/// Whether ln D lies in it.
bool is_in_bracket(const std::vector<RestingState>& general, const std::vector<RestingState>& memorising,
                   std::int64_t seed, double log_size);

/// [networks] means over seeds, by maximum likelihood with the censored ones; NaN for a network without one.
std::vector<double> network_means(const LogSizes& sizes);
/// a - b, seed by seed.
LogSizes differences(const LogSizes& a, const LogSizes& b);
/// Mean over a network's seeds with Student's 95 % interval over those known exactly; value by maximum likelihood with
/// the censored ones.
Estimate network_estimate(const LogSizes& sizes, std::size_t network);
/// Networks are the unit, each with the mean over its seeds of ln(predicted / observed), censored seeds included.
/// Interval of kEquivalenceLevel.
Estimate mean_log_ratio(const DcritSummary& s, const LogSizes& predicted, const LogSizes& observed);
/// The same for the median over networks: an interval between order statistics of at least kEquivalenceLevel.
Estimate median_log_ratio(const DcritSummary& s, const LogSizes& predicted, const LogSizes& observed);
Estimate bracket_estimate(const DcritSummary& s);
/// What a rival predicts for a network, ln D, its constant fitted to the others; NaN if they are unknown.
double rival_prediction(const DcritSummary& s, const std::string& rival, std::size_t network);
/// Mean over networks of |error of the prediction by branches, without a constant| - |error of the rival|, 95 %.
Estimate error_against(const DcritSummary& s, const std::string& rival);
/// An effect that is ln of a ratio of two sizes, with an interval of kEquivalenceLevel, lies within kPredictedWithin.
Test within_ten_per_cent(const std::string& what, const Estimate& effect, bool counts);
/// error_against() the rival is below 0.
Test rival_test(const DcritSummary& s, const std::string& rival, bool counts);
Estimate log_log_slope(const DcritSummary& s);
/// A list with an object for each network: sizes with their intervals over seeds; how many seeds have each of them
/// exactly, censored, or not at all; runs that did not come to rest; and the bracket, seed by seed.
Json networks_json(const DcritSummary& s);

}  // namespace groklab::studies::varma2023
