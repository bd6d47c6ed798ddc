// rho = G / M over steps or sizes, as charts draw it: the mean over seeds with its interval, and every seed behind it.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/report/xy_chart.h"

namespace groklab::studies::varma2023 {

inline constexpr const char* kMeanRho = "rho = G / M, mean over seeds";
inline constexpr const char* kSeedRho = "single seeds";
inline constexpr double kWidestRho = 1e3;  ///< upper end of an interval over the lower one

/// Both circuits' correct logits of a seed at a step or a size. G: mean centred correct logit on rows that were not
/// trained on; M: that on training rows less G.
struct CircuitsAt {
  std::int64_t seed = 0;
  double x = 0;
  double general = 0, memorised = 0;
};

/// Series kMeanRho: the geometric mean over seeds with Student's 95 % interval of ln rho, at each x (on a logarithmic
/// axis at most twelve for a factor of ten) at which two seeds and more have both circuits; kSeedRho: lines of seeds.
/// Where G or M is not positive there is no ratio, and nothing is drawn; nor is a mean whose interval spans more than
/// kWidestRho: G is then noise about zero, as before a network generalises.
std::vector<report::XyPoint> rho_points(const std::vector<CircuitsAt>& circuits);

}  // namespace groklab::studies::varma2023
