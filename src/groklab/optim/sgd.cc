// Gradient descent, with momentum if asked for.
#include "groklab/optim/optimizer.h"
#include "groklab/optim/tensor_choice.h"

namespace groklab {
namespace {

/// Keeps the buffer "sgd.momentum" if there is momentum.
template <typename T>
class Sgd final : public Optimizer<T> {
 public:
  explicit Sgd(const StepSetup<T>& setup)
      : config_(setup.config.optim),
        kernels_(setup.kernels),
        decays_(decayed_tensors(config_, setup.layout)),
        blocks_(tensor_blocks(setup.layout, std::vector<bool>(decays_.size(), true))),
        momentum_(config_.momentum > 0 ? setup.add_buffer("sgd.momentum").data() : nullptr) {}

  double update(const Update<T>& update) override {
    return sum_over_blocks(blocks_, update.pool, [&](const TensorBlock& block) {
      const double decay = decays_[block.tensor] ? config_.weight_decay : 0.0;
      const SgdCoefficients c{decay, config_.momentum, update.learning_rate};
      return kernels_.sgd(update.parameters + block.at, momentum_ != nullptr ? momentum_ + block.at : nullptr,
                          update.gradient + block.at, block.size, c, update.want_norm);
    });
  }

  DecayTerm decay_term(const T* parameters) const override {
    DecayTerm sum;
    for (const TensorBlock& block : blocks_) {
      if (decays_[block.tensor]) sum += squared_decay(parameters + block.at, block.size, config_.weight_decay);
    }
    return sum;
  }

 private:
  const OptimConfig config_;
  const Kernels<T>& kernels_;
  std::vector<bool> decays_;
  std::vector<TensorBlock> blocks_;
  T* momentum_;
};

}  // namespace

const OptimizerDescriptor& sgd_optimizer() {
  static const auto descriptor =
      describe<Optimizer, Sgd>({.choice = "optim.kind",
                                .name = "sgd",
                                .meaning = "gradient descent with momentum; weight_decay/2 |theta|^2 joins the loss",
                                .uses = {"optim.momentum"},
                                .only = {"optim.momentum"}});
  return descriptor;
}

}  // namespace groklab
