// SAM, sharpness-aware minimisation (Foret et al. 2021): the base optimiser takes the gradient at
// theta + rho g / |g|, where g is the gradient at theta, over the same batch.
#include <cmath>
#include <string>

#include "groklab/base/error.h"
#include "groklab/optim/optimizer.h"

namespace groklab {
namespace {

constexpr const char* kRho = "optim.sam.rho";
constexpr const char* kBase = "optim.sam.base";

template <typename T>
class Sam final : public Optimizer<T> {
 public:
  explicit Sam(const StepSetup<T>& setup)
      : kernels_(setup.kernels),
        rho_(number_setting(setup.config, kRho)),
        base_(optimizer_named(text_setting(setup.config, kBase)).make(setup)),
        elsewhere_(setup.layout.total()) {}

  double update(const Update<T>& update) override {
    constexpr double kTiny = 1e-12;  // a gradient of zero stays where it is
    const double norm = std::sqrt(kernels_.sum_squares(update.gradient, elsewhere_.size()));
    const T scale = static_cast<T>(rho_ / (norm + kTiny));
    for (std::int64_t i = 0; i < elsewhere_.size(); ++i) {
      elsewhere_[i] = update.parameters[i] + scale * update.gradient[i];
    }
    Update<T> second = update;
    second.gradient = update.gradient_at(elsewhere_.data());
    return base_->update(second);
  }

 private:
  const Kernels<T>& kernels_;
  double rho_;
  std::unique_ptr<Optimizer<T>> base_;
  AlignedBuffer<T> elsewhere_;
};

void check_sam(const Config& config) {
  const std::string& base = text_setting(config, kBase);
  if (config.optim.momentum > 0 && base != "sgd") {
    fail(ErrorKind::kConfig, "optim.momentum = {}: expected 0 unless {} = sgd, found {} = {}", config.optim.momentum,
         kBase, kBase, base);
  }
}

}  // namespace

const OptimizerDescriptor& sam_optimizer() {
  static const auto descriptor = describe<Optimizer, Sam>(
      {.choice = "optim.kind",
       .name = "sam",
       .meaning = "sharpness-aware minimisation: the base optimiser takes the gradient at theta + rho g / |g|; two "
                  "gradients a step",
       .uses = {"optim.beta1", "optim.beta2", "optim.epsilon", "optim.momentum"},
       .keys = {number_key(kRho, 0.05, at_least(0), "", "Length of the step to where the gradient is taken."),
                choice_key(kBase, "adamw", {"adamw", "adam", "sgd"}, "Optimiser that takes that gradient.")},
       .check = check_sam});
  return descriptor;
}

}  // namespace groklab
