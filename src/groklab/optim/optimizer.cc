// See optimizer.h.
#include "groklab/optim/optimizer.h"

#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "groklab/base/error.h"

namespace groklab {

double learning_rate_at(const OptimConfig& config, std::int64_t optimizer_step, std::int64_t run_step,
                        std::int64_t total_steps) {
  double rate = config.learning_rate;
  if (optimizer_step < config.warmup_steps) {
    rate *= static_cast<double>(optimizer_step) / static_cast<double>(config.warmup_steps);
  }
  if (config.schedule == Schedule::kCosine && run_step > config.warmup_steps && total_steps > config.warmup_steps) {
    const double progress = std::min(1.0, static_cast<double>(run_step - config.warmup_steps) /
                                              static_cast<double>(total_steps - config.warmup_steps));
    const double fraction = config.final_lr_fraction;
    rate *= fraction + (1.0 - fraction) * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  }
  return rate;
}

std::vector<bool> decayed_tensors(const OptimConfig& config, const ParameterLayout& layout) {
  std::vector<bool> decays(layout.tensors().size(), false);
  std::size_t begin = 0;
  while (begin <= config.decay.size()) {
    std::size_t end = config.decay.find(',', begin);
    if (end == std::string::npos) end = config.decay.size();
    std::string glob = config.decay.substr(begin, end - begin);
    glob.erase(0, glob.find_first_not_of(' '));
    glob.erase(glob.find_last_not_of(' ') + 1);
    begin = end + 1;
    if (glob.empty()) continue;
    bool matched = false;
    for (std::size_t i = 0; i < decays.size(); ++i) {
      if (fnmatch(glob.c_str(), layout.tensors()[i].name.c_str(), 0) == 0) decays[i] = matched = true;
    }
    if (!matched) {
      std::string names;
      for (const TensorSpec& spec : layout.tensors()) names += (names.empty() ? "" : ", ") + spec.name;
      fail(ErrorKind::kConfig, "optim.decay = {}: expected globs of tensor names ({}), found {} which matches none",
           config.decay, names, glob);
    }
  }
  return decays;
}

template <typename T>
Optimizer<T>::Optimizer(const OptimConfig& config, const ParameterLayout& layout, const Kernels<T>& kernels)
    : config_(config), kernels_(kernels) {
  const std::vector<bool> decays = decayed_tensors(config, layout);
  constexpr std::int64_t kBlock = 16384;  // numbers per task: four streams of 64 KB pass L2 once
  for (std::size_t i = 0; i < layout.tensors().size(); ++i) {
    const TensorSpec& spec = layout.tensors()[i];
    const std::int64_t end = spec.offset + (spec.size + 15) / 16 * 16;  // padding stays zero
    for (std::int64_t at = spec.offset; at < end; at += kBlock) {
      blocks_.push_back({at, std::min(kBlock, end - at), decays[i]});
    }
  }
  squares_.resize(blocks_.size());
  const bool adam = config.kind != "sgd";
  if (adam || config.momentum > 0) first_ = AlignedBuffer<T>(layout.total());
  if (adam) second_ = AlignedBuffer<T>(layout.total());
}

template <typename T>
void Optimizer<T>::reset() {
  first_.clear();
  second_.clear();
}

template <typename T>
double Optimizer<T>::update(T* parameters, const T* gradient, double learning_rate, std::int64_t optimizer_step,
                            bool want_norm, ThreadPool& pool) {
  const double steps = static_cast<double>(optimizer_step);
  AdamCoefficients adam;
  adam.one_minus_beta1 = 1.0 - config_.beta1;
  adam.beta2 = config_.beta2;
  adam.one_minus_beta2 = 1.0 - config_.beta2;
  adam.step_size = learning_rate / (1.0 - std::pow(config_.beta1, steps));
  adam.sqrt_correction2 = std::sqrt(1.0 - std::pow(config_.beta2, steps));
  adam.epsilon = config_.epsilon;
  pool.run(static_cast<std::int64_t>(blocks_.size()), [&](std::int64_t index, int) {
    const Block& block = blocks_[static_cast<std::size_t>(index)];
    const double decay = block.decays ? config_.weight_decay : 0.0;
    double squares = 0;
    if (config_.kind == "sgd") {
      const SgdCoefficients c{decay, config_.momentum, learning_rate};
      squares = kernels_.sgd(parameters + block.at, first_.size() > 0 ? first_.data() + block.at : nullptr,
                             gradient + block.at, block.size, c, want_norm);
    } else {
      AdamCoefficients c = adam;
      if (config_.kind == "adamw") {
        c.shrink = 1.0 - learning_rate * decay;
      } else {
        c.l2 = decay;
      }
      squares = kernels_.adam(parameters + block.at, first_.data() + block.at, second_.data() + block.at,
                              gradient + block.at, block.size, c, want_norm);
    }
    squares_[static_cast<std::size_t>(index)] = squares;
  });
  double total = 0;
  if (want_norm) {
    for (const double squares : squares_) total += squares;
  }
  return total;
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace groklab
