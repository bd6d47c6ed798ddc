// See minimal_simulation.h.
#include "groklab/theory/minimal_simulation.h"

#include <cmath>

#include "groklab/base/error.h"

namespace groklab {

namespace {

void check(const MinimalSimulationConfig& config) {
  if (!(config.kappa > 0 && std::isfinite(config.kappa))) {
    fail(ErrorKind::kConfig, "kappa = {}: expected a number above 0", config.kappa);
  }
  const auto starts_at_zero = [](const SimulatedCircuit& c) { return c.w1 * c.w2 == 0; };
  if (config.kappa > 2 && (starts_at_zero(config.generalising) || starts_at_zero(config.memorising))) {
    fail(ErrorKind::kConfig,
         "kappa = {}: expected a number in (0, 2] or start weights above 0; above 2 the penalty's gradient is infinite "
         "at "
         "w = 0",
         config.kappa);
  }
  if (config.classes < 3) fail(ErrorKind::kConfig, "classes = {}: expected at least 3", config.classes);
  for (const SimulatedCircuit& c : {config.generalising, config.memorising}) {
    if (!(c.w1 >= 0 && c.w2 >= 0)) {
      fail(ErrorKind::kConfig, "start weights {} and {}: expected numbers of at least 0", c.w1, c.w2);
    }
  }
}

/// d/dw of c P^2 w^(2/kappa).
double penalty_slope(double w, double p, double c, double kappa) {
  return c * p * p * (2.0 / kappa) * std::pow(w, 2.0 / kappa - 1.0);
}

/// One simultaneous gradient step of the two factors of w.
void descend(SimulatedCircuit& circuit, double slope, double learning_rate) {
  const double w1 = circuit.w1 - learning_rate * slope * circuit.w2;
  const double w2 = circuit.w2 - learning_rate * slope * circuit.w1;
  circuit.w1 = w1;
  circuit.w2 = w2;
}

/// The same above kappa = 2, where the penalty's gradient grows without bound towards w = 0: a circuit that a step
/// would take there or beyond is gone, as it would be under infinitely small steps.
void descend_or_vanish(SimulatedCircuit& circuit, double slope, double learning_rate) {
  if (circuit.w1 * circuit.w2 == 0) return;
  descend(circuit, slope, learning_rate);
  if (!(circuit.w1 > 0 && circuit.w2 > 0)) circuit.w1 = circuit.w2 = 0;
}

}  // namespace

std::vector<MinimalSimulationPoint> run_minimal_simulation(const MinimalSimulationConfig& config) {
  check(config);
  const double others = static_cast<double>(config.classes - 1);
  const double c = config.penalty == PenaltyConvention::kAlpha ? config.alpha : config.alpha / 2;
  SimulatedCircuit gen = config.generalising, mem = config.memorising;
  std::vector<MinimalSimulationPoint> points;
  points.reserve(static_cast<std::size_t>(config.steps) + 1);
  for (std::int64_t step = 0;; ++step) {
    const double w_gen = gen.w1 * gen.w2, w_mem = mem.w1 * mem.w2, logit = w_gen + w_mem;
    points.push_back({step, w_gen, w_mem, std::log1p(others * std::exp(-logit)),
                      std::log(std::exp(w_gen) + std::exp(w_mem) + others - 1.0) - w_gen});
    if (step == config.steps) return points;
    const double loss_slope = -others / (std::exp(logit) + others);
    const auto step_down = config.kappa > 2 ? descend_or_vanish : descend;
    step_down(gen, loss_slope + penalty_slope(w_gen, gen.inverse_efficiency, c, config.kappa), config.learning_rate);
    step_down(mem, loss_slope + penalty_slope(w_mem, mem.inverse_efficiency, c, config.kappa), config.learning_rate);
  }
}

double optimal_weight_ratio(double p_gen, double p_mem, double kappa) {
  return std::pow(p_mem / p_gen, 2.0 * kappa / (2.0 - kappa));
}

}  // namespace groklab
