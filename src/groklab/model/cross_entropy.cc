// Cross-entropy: -log softmax(L)[y] in nats, without cancellation or as common frameworks compute it, that in the run's
// number format or in another.
#include <fmt/format.h>

#include "groklab/config/enum_names.h"
#include "groklab/model/loss.h"

namespace groklab {

const LossDescriptor& cross_entropy_loss();

namespace {

template <typename T>
LossKernels<T> kernels_of(const Config& config, const Kernels<T>& kernels) {
  if (config.loss.form == LossForm::kStable) return kernels.cross_entropy;
  const auto rounding = static_cast<std::size_t>(config.loss.rounding);
  switch (config.loss.precision) {
    case LossPrecision::kRun:
      break;
    case LossPrecision::kFloat16:
      return kernels.float16_cross_entropy[rounding];
    case LossPrecision::kBfloat16:
      return kernels.bfloat16_cross_entropy[rounding];
    case LossPrecision::kFloat32:
      return kernels.float32_cross_entropy;
    case LossPrecision::kFloat64:
      return kernels.float64_cross_entropy;
  }
  return kernels.framework_cross_entropy;
}

bool has_16_bits(LossPrecision precision) {
  return precision == LossPrecision::kFloat16 || precision == LossPrecision::kBfloat16;
}

/// float32 is the run's own format in a float32 run. Not so float64: its records judge collapse in float64.
void resolve(Config& config) {
  LossConfig& loss = config.loss;
  if (loss.precision == LossPrecision::kFloat32 && config.train.precision == Precision::kFloat32) {
    loss.precision = LossPrecision::kRun;
  }
  if (!has_16_bits(loss.precision)) loss.rounding = LossRounding::kResults;
}

void check(const Config& config) {
  if (config.loss.precision != LossPrecision::kRun && config.loss.form != LossForm::kFramework) {
    refuse(config, "loss.precision",
           fmt::format("loss.form = framework with it, found loss.form = {}", enum_name(config.loss.form)));
  }
}

}  // namespace

const LossDescriptor& cross_entropy_loss() {
  static const LossDescriptor descriptor = {
      .spec = {.choice = "loss.kind",
               .name = "cross_entropy",
               .meaning = "-log softmax of the correct logit, in nats",
               .uses = {"loss.form", "loss.precision", "loss.rounding", "loss.temperature"},
               .only = {"loss.precision"},
               .keys = {},
               .resolve = resolve,
               .check = check},
      .kernels_f32 = kernels_of<float>,
      .kernels_f64 = kernels_of<double>};
  return descriptor;
}

}  // namespace groklab
