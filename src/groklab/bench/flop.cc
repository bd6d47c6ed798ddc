// See flop.h.
#include "groklab/bench/flop.h"

namespace groklab {

double layerwise_flop(const ModelConfig& model, std::int64_t rows, std::int64_t inputs, std::int64_t classes) {
  const auto d = static_cast<double>(model.d_model), m = static_cast<double>(model.d_mlp);
  const auto out = static_cast<double>(classes);
  double weights = 2 * d * m + d * out;
  if (model.architecture == "mlp") {
    const double joined = model.combination == EmbeddingCombination::kSum ? 1.0 : static_cast<double>(inputs);
    weights = joined * d * m + static_cast<double>(model.n_layers - 1) * m * m + m * out;
  }
  return 6.0 * static_cast<double>(rows) * weights;
}

}  // namespace groklab
