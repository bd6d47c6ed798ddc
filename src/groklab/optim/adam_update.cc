// See adam_update.h.
#include "groklab/optim/adam_update.h"

#include <cmath>

namespace groklab {

template <typename T>
AdamUpdate<T>::AdamUpdate(const StepSetup<T>& setup, DecayPlace place, const std::vector<bool>& chosen)
    : config_(setup.config.optim),
      kernels_(setup.kernels),
      place_(place),
      blocks_(tensor_blocks(setup.layout, chosen)),
      decays_(decayed_tensors(config_, setup.layout)),
      m_(setup.add_buffer("adam.m")),
      v_(setup.add_buffer("adam.v")) {}

template <typename T>
double AdamUpdate<T>::update(const Update<T>& update) {
  const double steps = static_cast<double>(update.optimizer_step);
  AdamCoefficients adam;
  adam.one_minus_beta1 = 1.0 - config_.beta1;
  adam.beta2 = config_.beta2;
  adam.one_minus_beta2 = 1.0 - config_.beta2;
  adam.step_size = update.learning_rate / (1.0 - std::pow(config_.beta1, steps));
  adam.sqrt_correction2 = std::sqrt(1.0 - std::pow(config_.beta2, steps));
  adam.epsilon = config_.epsilon;
  return sum_over_blocks(blocks_, update.pool, [&](const TensorBlock& block) {
    const double decay = decays_[block.tensor] ? config_.weight_decay : 0.0;
    AdamCoefficients c = adam;
    if (place_ == DecayPlace::kWeights) {
      c.shrink = 1.0 - update.learning_rate * decay;
    } else {
      c.l2 = decay;
    }
    return kernels_.adam(update.parameters + block.at, m_.data() + block.at, v_.data() + block.at,
                         update.gradient + block.at, block.size, c, update.want_norm);
  });
}

template <typename T>
DecayTerm AdamUpdate<T>::decay_term(const T* parameters) const {
  DecayTerm sum;
  for (const TensorBlock& block : blocks_) {
    if (!decays_[block.tensor]) continue;
    const T* theta = parameters + block.at;
    sum += place_ == DecayPlace::kWeights ? decoupled_decay(theta, block.size, config_.weight_decay, config_.epsilon)
                                          : squared_decay(theta, block.size, config_.weight_decay);
  }
  return sum;
}

template class AdamUpdate<float>;
template class AdamUpdate<double>;

}  // namespace groklab
