// What arXiv:2606.18465 says of temperature and norm, as data. Medians of cells are recomputed from the metrics that
// its authors publish (ClevixLab/grokking-logit-scale, metrics/mediation and metrics/collapse), p = 59, 12 seeds.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::truong2026_scale {

inline constexpr const char* kTable2 = "arXiv:2606.18465, Table 2, p = 59";
inline constexpr const char* kCells = "arXiv:2606.18465, metrics of the mediation cells, p = 59";

inline constexpr PublishedNumber kRecovery = {.what = "recovered fraction at matched logit scale, cross-entropy",
                                              .value = 0.83,
                                              .low = 0.82,
                                              .high = 0.85,
                                              .source = kTable2};
inline constexpr PublishedNumber kNormUp = {
    .what = "T_grok at rho = 1.15 over that at rho = 1, cross-entropy", .value = 12600.0 / 3675.0, .source = kCells};
inline constexpr PublishedNumber kSquaredNormUp = {
    .what = "T_grok at rho = 1.15 over that at rho = 1, squared error", .value = 1.89, .source = kTable2};
/// (2225 - 1700) / (2225 - 1175), of the medians at tau = 1.5; the publication calls the channel inactive.
inline constexpr PublishedNumber kSquaredRecovery = {
    .what = "fraction of the norm's delay that tau = 1.5 takes back, squared error", .value = 0.5, .source = kCells};
/// 0.9276 / 1.0371.
inline constexpr PublishedNumber kSquaredScale = {
    .what = "logit scale at tau = 1.7 over that at tau = 1, squared error", .value = 0.894, .source = kCells};
inline constexpr PublishedNumber kCrossEntropyScale = {
    .what = "logit scale at tau = 1.7 over that at tau = 1, cross-entropy", .value = 0.609, .source = kCells};
inline constexpr PublishedNumber kCollapse = {
    .what = "R^2 of ln T_grok over the logit scale, cells of norm and temperature",
    .value = 0.968,
    .source = "arXiv:2606.18465, Table 3, p = 59"};
inline constexpr PublishedNumber kCollapseGain = {
    .what = "what the norm adds to it", .value = 0.02, .source = "arXiv:2606.18465, Table 3, p = 59"};

/// Norms of E, W1 and W2 where free runs generalise, rho = 1.
inline constexpr double kNorm = 54.489296;
inline constexpr double kSquaredNorm = 36.49581;

}  // namespace groklab::studies::truong2026_scale
