// AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019).
#include "groklab/optim/adam_update.h"

namespace groklab {
namespace {

template <typename T>
class AdamW final : public Optimizer<T> {
 public:
  explicit AdamW(const StepSetup<T>& setup) : adam_(setup, DecayPlace::kWeights) {}
  double update(const Update<T>& update) override { return adam_.update(update); }
  DecayTerm decay_term(const T* parameters) const override { return adam_.decay_term(parameters); }

 private:
  AdamUpdate<T> adam_;
};

}  // namespace

const OptimizerDescriptor& adamw_optimizer() {
  static const auto descriptor = describe<Optimizer, AdamW>(
      {.choice = "optim.kind",
       .name = "adamw",
       .meaning = "Adam with decoupled weight decay: theta shrinks by learning_rate * weight_decay * theta",
       .uses = {"optim.beta1", "optim.beta2", "optim.epsilon"}});
  return descriptor;
}

}  // namespace groklab
