// Grokfast (Lee et al. 2024): a filter on gradients. Their exponential average h, times a factor, joins the gradient
// that the base optimiser takes: slow components count more.
#include <string>

#include "groklab/base/error.h"
#include "groklab/optim/optimizer.h"

namespace groklab {
namespace {

constexpr const char* kAverage = "optim.grokfast.average";
constexpr const char* kFactor = "optim.grokfast.factor";
constexpr const char* kBase = "optim.grokfast.base";

template <typename T>
class Grokfast final : public Optimizer<T> {
 public:
  explicit Grokfast(const StepSetup<T>& setup)
      : average_(static_cast<T>(number_setting(setup.config, kAverage))),
        factor_(static_cast<T>(number_setting(setup.config, kFactor))),
        base_(optimizer_named(text_setting(setup.config, kBase)).make(setup)),
        slow_(setup.add_buffer("grokfast.average")) {}

  // At rest the base sees (1 + factor) times the gradient: decay_term() stays unknown.
  double update(const Update<T>& update) override {
    const bool first = update.optimizer_step == 1;  // the average starts as the first gradient
    for (std::int64_t i = 0; i < slow_.size(); ++i) {
      const T gradient = update.gradient[i];
      slow_[i] = first ? gradient : average_ * slow_[i] + (T(1) - average_) * gradient;
      update.gradient[i] = gradient + factor_ * slow_[i];
    }
    return base_->update(update);
  }

 private:
  T average_, factor_;
  std::unique_ptr<Optimizer<T>> base_;
  AlignedBuffer<T>& slow_;
};

void check_grokfast(const Config& config) {
  const std::string& base = text_setting(config, kBase);
  if (config.optim.momentum > 0 && base != "sgd") {
    fail(ErrorKind::kConfig, "optim.momentum = {}: expected 0 unless {} = sgd, found {} = {}", config.optim.momentum,
         kBase, kBase, base);
  }
}

}  // namespace

const OptimizerDescriptor& grokfast_optimizer() {
  static const auto descriptor = describe<Optimizer, Grokfast>(
      {.choice = "optim.kind",
       .name = "grokfast",
       .meaning = "the base optimiser takes the gradient plus a multiple of its exponential average",
       .uses = {"optim.beta1", "optim.beta2", "optim.epsilon", "optim.momentum"},
       .keys = {number_key(kAverage, 0.98, from_to_below(0, 1), "", "Decay rate of the average of gradients."),
                number_key(kFactor, 2, at_least(0), "", "Factor on the average; 0 leaves the base optimiser alone."),
                choice_key(kBase, "adamw", {"adamw", "adam", "sgd"}, "Optimiser that takes that gradient.")},
       .check = check_grokfast});
  return descriptor;
}

}  // namespace groklab
