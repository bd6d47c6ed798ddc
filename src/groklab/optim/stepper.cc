// See stepper.h.
#include "groklab/optim/stepper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "groklab/base/error.h"

namespace groklab {

const OptimizerDescriptor& optimizer_named(std::string_view name) {
  for (const OptimizerDescriptor* optimizer : optimizers()) {
    if (optimizer->spec.name == name) return *optimizer;
  }
  fail(ErrorKind::kConfig, "optim.kind = {}: expected the name of an optimiser", name);
}

template <typename T>
Stepper<T>::Stepper(const Config& config, const ParameterLayout& layout, const Kernels<T>& kernels)
    : config_(config), layout_(layout) {
  const StepSetup<T> setup{config_, layout_, kernels, buffers_};
  for (const PenaltyDescriptor* penalty : penalties()) {
    if (component_active(penalty->spec, config_)) penalties_.push_back(penalty->make(setup));
  }
  optimizer_ = optimizer_named(config_.optim.kind).make(setup);
  for (const ConstraintDescriptor* constraint : constraints()) {
    if (component_active(constraint->spec, config_)) constraints_.push_back(constraint->make(setup));
  }
}

template <typename T>
void Stepper<T>::reset() {
  for (NamedBuffer<T>& buffer : buffers_) buffer.values.clear();
}

template <typename T>
void Stepper<T>::set_own_penalty(std::unique_ptr<Penalty<T>> penalty) {
  if (has_own_penalty_) penalties_.pop_back();
  has_own_penalty_ = penalty != nullptr;
  if (has_own_penalty_) penalties_.push_back(std::move(penalty));
}

template <typename T>
void Stepper<T>::add_penalties(T* gradient, const T* parameters, ThreadPool& pool) {
  for (const auto& penalty : penalties_) penalty->add_gradient(gradient, parameters, pool);
}

template <typename T>
double Stepper<T>::optimise(const Update<T>& update) {
  if (penalties_.empty()) return optimizer_->update(update);
  add_penalties(update.gradient, update.parameters, update.pool);
  const std::function<T*(const T*)> gradient_at = [&](const T* parameters) {
    T* gradient = update.gradient_at(parameters);
    add_penalties(gradient, parameters, update.pool);
    return gradient;
  };
  return optimizer_->update({update.parameters, update.gradient, update.learning_rate, update.optimizer_step,
                             update.run_step, update.want_norm, update.pool, gradient_at});
}

template <typename T>
double Stepper<T>::step(const Update<T>& update) {
  if (constraints_.empty()) return optimise(update);
  if (update.want_norm) {
    if (before_.size() == 0) before_ = AlignedBuffer<T>(layout_.total());
    std::copy(update.parameters, update.parameters + layout_.total(), before_.data());
  }
  optimise(update);
  for (const auto& constraint : constraints_) constraint->apply(update.parameters, update.run_step, update.pool);
  double change = 0;
  for (std::int64_t i = 0; update.want_norm && i < layout_.total(); ++i) {
    const double difference = static_cast<double>(update.parameters[i]) - static_cast<double>(before_[i]);
    change += difference * difference;
  }
  return change;
}

template <typename T>
DecayTerm Stepper<T>::decay_term(const T* parameters) const {
  if (!constraints_.empty()) return kNoDecayTerm;
  DecayTerm term = optimizer_->decay_term(parameters);
  for (const auto& penalty : penalties_) {
    term.value += penalty->value(parameters);
    term.pull = kNoDecayTerm.pull;
  }
  return term;
}

template class Stepper<float>;
template class Stepper<double>;

}  // namespace groklab
