// Adam with weight decay in the loss (Kingma and Ba 2015).
#include "groklab/optim/adam_update.h"

namespace groklab {
namespace {

template <typename T>
class Adam final : public Optimizer<T> {
 public:
  explicit Adam(const StepSetup<T>& setup) : adam_(setup, DecayPlace::kLoss) {}
  double update(const Update<T>& update) override { return adam_.update(update); }
  DecayTerm decay_term(const T* parameters) const override { return adam_.decay_term(parameters); }

 private:
  AdamUpdate<T> adam_;
};

}  // namespace

const OptimizerDescriptor& adam_optimizer() {
  static const auto descriptor = describe<Optimizer, Adam>({.choice = "optim.kind",
                                                            .name = "adam",
                                                            .meaning = "Adam; weight_decay/2 |theta|^2 joins the loss",
                                                            .uses = {"optim.beta1", "optim.beta2", "optim.epsilon"}});
  return descriptor;
}

}  // namespace groklab
