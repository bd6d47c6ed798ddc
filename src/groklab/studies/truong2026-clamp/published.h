// What arXiv:2606.13753 says of networks whose weight norm is held, as data. Its medians are recomputed from the
// metrics that its authors publish (ClevixLab/critical-norm-grokking, data/denserho and data/pscan).
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::truong2026_clamp {

inline constexpr const char* kPaper = "arXiv:2606.13753";

inline constexpr PublishedNumber kExponent = {
    .what = "exponent alpha of exp(alpha rho)", .value = 7.49, .source = "arXiv:2606.13753, shared by four moduli"};
/// Median of its free runs at p = 59 where they generalise, which is 1 on the axis of rho.
inline constexpr PublishedNumber kCriticalNorm = {.what = "norm of E, W1 and W2 where a free run generalises, p = 59",
                                                  .value = 54.513328552246094,
                                                  .source = "arXiv:2606.13753, wc_measured.json of the dense sweep"};
/// At p = 31, of the sweep over moduli.
inline constexpr double kCriticalNorm31 = 40.08664321899414;
inline constexpr PublishedNumber kFreeTime = {
    .what = "median T_grok of free runs", .value = 5128, .source = "arXiv:2606.13753, dense sweep, 16 seeds"};
inline constexpr PublishedNumber kFloor = {.what = "fraction that generalises at p = 31, rho = 0.85",
                                           .value = 0,
                                           .source = "arXiv:2606.13753, sweep over moduli, 0 of 12"};
inline constexpr PublishedNumber kAboveFloor = {.what = "fraction that generalises at p = 31, rho = 1",
                                                .value = 1,
                                                .source = "arXiv:2606.13753, sweep over moduli, 12 of 12"};

/// Median T_grok of 16 seeds at a held norm, and the budget.
struct PublishedTime {
  double rho = 0;
  PublishedNumber time;
  std::int64_t budget = 0;
};
inline constexpr const char* kDense = "arXiv:2606.13753, dense sweep, 16 seeds";
inline constexpr PublishedTime kTimes[] = {
    {0.85, {.what = "median T_grok at rho = 0.85", .value = 1495, .source = kDense}, 8000},
    {0.90, {.what = "median T_grok at rho = 0.90", .value = 1781, .source = kDense}, 8000},
    {0.95, {.what = "median T_grok at rho = 0.95", .value = 2470, .source = kDense}, 9000},
    {1.00, {.what = "median T_grok at rho = 1.00", .value = 3999, .source = kDense}, 12000},
    {1.05, {.what = "median T_grok at rho = 1.05", .value = 6380, .source = kDense}, 18000},
    {1.10, {.what = "median T_grok at rho = 1.10", .value = 9433, .source = kDense}, 27000},
    {1.15, {.what = "median T_grok at rho = 1.15", .value = 13030, .source = kDense}, 40000},
};

}  // namespace groklab::studies::truong2026_clamp
