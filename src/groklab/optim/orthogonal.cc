// Orthogonal gradients (Prieto et al. 2025): of each tensor's gradient, the part along the tensor itself is taken out
// and the rest given the length of the whole; the base optimiser takes that. No step then only scales the logits.
#include <cmath>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/optim/optimizer.h"
#include "groklab/optim/tensor_choice.h"

namespace groklab {
namespace {

constexpr const char* kBase = "optim.orthogonal.base";

template <typename T>
class Orthogonal final : public Optimizer<T> {
 public:
  explicit Orthogonal(const StepSetup<T>& setup)
      : layout_(setup.layout), base_(optimizer_named(text_setting(setup.config, kBase)).make(setup)) {}

  double update(const Update<T>& update) override {
    const auto& tensors = layout_.tensors();
    update.pool.run(static_cast<std::int64_t>(tensors.size()), [&](std::int64_t index, int) {
      const TensorSpec& spec = tensors[static_cast<std::size_t>(index)];
      project(update.gradient + spec.offset, update.parameters + spec.offset, spec.size);
    });
    return base_->update(update);
  }

 private:
  static double dot(const T* a, const T* b, std::int64_t size) {
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
  }
  static void project(T* gradient, const T* theta, std::int64_t size) {
    constexpr double kTiny = 1e-30;  // zeros have no direction: nothing is taken out, nothing is stretched
    const double before = dot(gradient, gradient, size);
    const double along = dot(theta, gradient, size) / (dot(theta, theta, size) + kTiny);
    for (std::int64_t i = 0; i < size; ++i) {
      gradient[i] = static_cast<T>(static_cast<double>(gradient[i]) - along * static_cast<double>(theta[i]));
    }
    const double stretch = std::sqrt(before) / (std::sqrt(dot(gradient, gradient, size)) + kTiny);
    for (std::int64_t i = 0; i < size; ++i) gradient[i] = static_cast<T>(static_cast<double>(gradient[i]) * stretch);
  }

  const ParameterLayout& layout_;
  std::unique_ptr<Optimizer<T>> base_;
};

void check_orthogonal(const Config& config) {
  const std::string& base = text_setting(config, kBase);
  if (config.optim.momentum > 0 && base != "sgd") {
    fail(ErrorKind::kConfig, "optim.momentum = {}: expected 0 unless {} = sgd, found {} = {}", config.optim.momentum,
         kBase, kBase, base);
  }
}

}  // namespace

const OptimizerDescriptor& orthogonal_optimizer() {
  static const auto descriptor = describe<Optimizer, Orthogonal>(
      {.choice = "optim.kind",
       .name = "orthogonal",
       .meaning =
           "the base optimiser takes each tensor's gradient without its part along the tensor, as long as before",
       .uses = {"optim.beta1", "optim.beta2", "optim.epsilon", "optim.momentum"},
       .keys = {choice_key(kBase, "adamw", {"adamw", "adam", "sgd"}, "Optimiser that takes that gradient.")},
       .check = check_orthogonal});
  return descriptor;
}

}  // namespace groklab
