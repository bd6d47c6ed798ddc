// See stationarity.h.
#include "groklab/analysis/stationarity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace groklab {
namespace {

double log_objective(const Record& record, bool known) {
  return std::log(known ? record.objective : record.train.loss);
}

}  // namespace

double general_fraction(const Record& record) {
  return record.test.correct_logit_centred / record.train.correct_logit_centred;
}

Stationarity check_stationarity(std::span<const Record> records, std::span<const double> times) {
  Stationarity result;
  if (records.size() != times.size() || records.empty()) {
    result.reason = "no records";
    return result;
  }
  const double begin = (1 - kRestWindow) * times.back();
  const auto first = static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), begin) - times.begin());
  const std::span<const Record> window = records.subspan(first);
  if (window.size() < static_cast<std::size_t>(kRestRecords)) {
    result.reason = fmt::format("{} records in the last quarter of decay, expected {}", window.size(), kRestRecords);
    return result;
  }
  const Record &from = window.front(), &last = window.back();
  const bool known =
      std::all_of(window.begin(), window.end(), [](const Record& r) { return std::isfinite(r.objective); });
  double least = log_objective(from, known);
  for (const Record& r : window) least = std::min(least, log_objective(r, known));
  result.objective_drift = log_objective(last, known) - log_objective(from, known);
  result.norm_drift = std::log(last.norm / from.norm);
  result.fraction_drift = general_fraction(last) - general_fraction(from);
  result.jumped = log_objective(last, known) - least > kRestJump;
  const auto moves = [](double drift, double bound) { return !(std::abs(drift) <= bound); };
  if (result.jumped) {
    result.reason = "its objective jumped and has not come down again";
  } else if (moves(result.objective_drift, kRestObjective)) {
    result.reason = fmt::format("ln of its objective moved by {:.3f}", result.objective_drift);
  } else if (moves(result.norm_drift, kRestNorm)) {
    result.reason = fmt::format("ln of its norm moved by {:.3f}", result.norm_drift);
  } else if (!std::isnan(result.fraction_drift) && moves(result.fraction_drift, kRestFraction)) {
    result.reason = fmt::format("its generalising fraction moved by {:.3f}", result.fraction_drift);
  }
  result.stationary = result.reason.empty();
  return result;
}

}  // namespace groklab
