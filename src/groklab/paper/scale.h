// How large a reproduction is: its networks, seeds, sizes and budgets. Fixed before any result is seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab::paper {

/// A task and a one-layer transformer for it.
struct Network {
  std::string name;  ///< in figures: "p 31, d 32"
  TaskConfig task;
  std::int64_t d_model = 128;
  std::int64_t rows = 0;  ///< of the task's table
  std::int64_t classes = 0;
};

/// Network of x + y modulo p, or of another operation or group. d_mlp = 4 d_model.
Network modular_network(std::int64_t modulus, std::int64_t d_model, Operation operation = Operation::kAdd);
Network group_network(GroupKind group, std::int64_t degree, std::int64_t d_model,
                      Operation operation = Operation::kGroupProduct);

struct Scale {
  std::string name;  ///< "smoke", "quick" or "full"
  Network main;      ///< of most claims
  std::int64_t seeds = 3;
  /// Seeds are first_seed, first_seed + 1, ...
  std::int64_t first_seed = 1000;

  double weight_decay = 1.0;          ///< the paper's default
  std::vector<double> weight_decays;  ///< of the claims about weight decay, ascending, the default among them
  /// Runs that are to converge take S / lambda steps at weight decay lambda, so that lr * lambda * steps is the same.
  std::int64_t converged_steps = 0;  ///< S from scratch, true labels
  std::int64_t memorised_steps = 0;  ///< S from scratch, random labels, which are learnt sooner
  std::int64_t ungrok_steps = 0;     ///< S after a fork
  std::int64_t scratch_steps = 0;    ///< budget from scratch where delays are looked for

  std::vector<std::int64_t> memorised_rows;  ///< D of the C_mem curve, ascending
  std::vector<std::int64_t> general_rows;    ///< D of the C_gen curve, ascending, the full table last
  /// D' above the transition of forks that count as C_gen too: they generalise on few rows, which training from scratch
  /// does not, and so lengthen the curve.
  std::vector<std::int64_t> general_fork_rows;
  std::vector<std::int64_t> ungrok_rows;  ///< D' around the transition, ascending
  std::int64_t grokking_rows = 0;         ///< D at which a delay is expected
  std::int64_t too_few_rows = 0;          ///< D below D_crit
  Network fast_network;                   ///< for the case that C_gen is not slower: nearly all of its rows
  std::int64_t fast_rows = 0;
  std::int64_t fast_steps = 0;
  std::int64_t partial_rows = 0;  ///< parent's D for the split of removed and never-seen rows
  std::vector<std::int64_t> partial_ungrok_rows;

  Network semi_network;  ///< from scratch around the transition
  std::int64_t semi_seeds = 0;
  std::vector<std::int64_t> semi_rows;  ///< ascending
  std::int64_t semi_steps = 0;

  std::vector<Network> dcrit_networks;  ///< beside `main`: other moduli and widths
  std::int64_t dcrit_seeds = 2;
  std::vector<Network> other_tasks;
  std::int64_t other_seeds = 2;
  std::vector<std::int64_t> other_ungrok_rows;
  std::vector<double> other_weight_decays;
  Network control_task;  ///< an operation that has no generalising circuit within the budget

  /// Rows of a list that a network's table has.
  static std::vector<std::int64_t> within(const std::vector<std::int64_t>& rows, const Network& network);
};

/// "smoke", "quick" or "full". Throws Error(kConfig) for anything else.
Scale make_scale(const std::string& name);

}  // namespace groklab::paper
