// See row_metric.h.
#include "groklab/engine/row_metric.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace groklab {

RowStatistics row_statistics_of(std::span<const double> logits, std::int64_t label) {
  const double correct = logits[static_cast<std::size_t>(label)];
  const double largest = *std::max_element(logits.begin(), logits.end());
  double other = -std::numeric_limits<double>::infinity(), sum = 0;
  double below = 0;  // of exp(L - largest) over the classes below the largest: keeps its digits beside 1
  std::int64_t at_largest = 0;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    if (static_cast<std::int64_t>(c) != label) other = std::max(other, logits[c]);
    sum += logits[c];
    if (logits[c] == largest) {
      ++at_largest;
    } else {
      below += std::exp(logits[c] - largest);
    }
  }
  const double rest = below + static_cast<double>(at_largest - 1);
  RowStatistics row;
  row.correct_logit = correct;
  row.correct_logit_centred = correct - sum / static_cast<double>(logits.size());
  row.margin = logits.size() > 1 ? correct - other : 0.0;
  row.collapsed = static_cast<float>(1.0 + rest) == 1.0f;
  row.loss = std::log1p(rest) + (largest - correct);
  if (!std::isfinite(sum)) row.loss = row.margin = row.correct_logit_centred = std::nan("");
  return row;
}

std::int64_t predicted_class(std::span<const double> logits) {
  const auto largest = std::max_element(logits.begin(), logits.end());
  const bool tied = kTieIsWrong && std::find(largest + 1, logits.end(), *largest) != logits.end();
  return tied ? -1 : largest - logits.begin();
}

}  // namespace groklab
