// The minimal simulation of grokking: two abstract circuits, two losses, plain gradient descent (Varma et al. 2023,
// section 3 and appendix C).
#pragma once

#include <cstdint>
#include <vector>

namespace groklab {

/// The factor c of the penalty c (P_G^2 w_G^(2/kappa) + P_M^2 w_M^(2/kappa)): the paper writes it in two ways.
enum class PenaltyConvention {
  kHalfAlpha,  ///< c = alpha / 2 (appendix D)
  kAlpha,      ///< c = alpha (appendix C as displayed)
};

/// A circuit's weight is w = w1 w2; the product makes a circuit with small w2 slow to learn.
struct SimulatedCircuit {
  double inverse_efficiency = 1;  ///< P: parameter norm at unit logits; lower is more efficient
  double w1 = 0, w2 = 1;          ///< start values
};

/// Defaults: panel (a), all three ingredients present.
struct MinimalSimulationConfig {
  std::int64_t classes = 113;  ///< q
  SimulatedCircuit generalising{1.0, 0.0, 0.005};
  SimulatedCircuit memorising{2.0, 0.0, 1.0};
  double kappa = 1.2;
  double alpha = 0.005;
  PenaltyConvention penalty = PenaltyConvention::kHalfAlpha;
  double learning_rate = 0.01;
  std::int64_t steps = 40000;
};

/// The state after `step` updates.
struct MinimalSimulationPoint {
  std::int64_t step = 0;
  double w_gen = 0, w_mem = 0;
  double train_loss = 0;  ///< log(e^(w_G + w_M) + q - 1) - (w_G + w_M)
  double test_loss = 0;   ///< log(e^w_G + e^w_M + q - 2) - w_G
};

/// Points 0..steps. Above kappa = 2 only the most efficient circuit has weight at an optimum: others vanish and stay at
/// 0. Throws Error(kConfig): kappa > 2 from w = 0, where the penalty's gradient is infinite; kappa <= 0, fewer than 3
/// classes, a negative start value.
std::vector<MinimalSimulationPoint> run_minimal_simulation(const MinimalSimulationConfig& config);

/// w_G / w_M at the penalised optimum of circuits with identical train logits, (P_M / P_G)^(2 kappa / (2 - kappa)):
/// the paper's theorem with p = 2. kappa < 2.
double optimal_weight_ratio(double p_gen, double p_mem, double kappa);

}  // namespace groklab
