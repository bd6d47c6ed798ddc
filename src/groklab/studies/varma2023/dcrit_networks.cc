// The networks of claim dcrit, by scale. Sizes came from pilot runs with seeds below 30: the middle of each grid is
// within some 20 % of the size at which rho = 1 there, about as far as single seeds lie apart.
#include <algorithm>
#include <cmath>
#include <vector>

#include "groklab/studies/varma2023/dcrit.h"

namespace groklab::studies::varma2023 {
namespace {

/// With what only some networks have, as it costs as much again: a size from scratch far above the transition, and
/// random labels for the paper's own definition.
DcritNetwork with_pure_states(DcritNetwork n, double middle) {
  n.scratch_rows = {std::llround(2.6 * middle)};
  for (const double factor : {0.8, 1.4, 2.4}) n.memorised_rows.push_back(std::llround(factor * middle));
  return n;
}

std::vector<DcritNetwork> standard_networks(const Scale& scale) {
  const auto around = [&](const TaskNetwork& network, double middle, std::int64_t steps) {
    return dcrit_network(scale, network, middle, steps);
  };
  const auto pure = [&](const TaskNetwork& network, double middle, std::int64_t steps) {
    return with_pure_states(around(network, middle, steps), middle);
  };
  return {around(modular_network(13, 32), 62, 4000),
          pure(modular_network(17, 32), 80, 4000),
          around(modular_network(19, 32), 90, 5000),
          around(modular_network(23, 32), 95, 5000),
          around(modular_network(29, 32), 128, 5000),
          pure(modular_network(31, 48), 138, 6000),
          around(modular_network(31, 96), 138, 6000),
          around(modular_network(37, 48, "multiply"), 190, 6000),
          pure(modular_network(43, 48), 205, 6000),
          around(modular_network(59, 64), 295, 6000),
          around(group_network(GroupKind::kDihedral, 20, 48), 340, 8000),
          around(modular_network(97, 64), 540, 8000)};
}

}  // namespace

DcritNetwork dcrit_network(const Scale& scale, const TaskNetwork& network, double middle, std::int64_t parent_steps) {
  DcritNetwork n;
  n.network = network;
  // Far above D_crit is enough, and on large tables a fifth of the time.
  n.parent_rows = std::llround(std::min(0.82 * static_cast<double>(network.rows), 6 * middle));
  n.race_rows = std::llround(std::min(0.6 * static_cast<double>(network.rows), 4.4 * middle));
  n.parent_steps = parent_steps;
  n.relaxation = relaxation_around(scale, middle);
  for (const double factor : {0.75, 1.05, 1.45}) n.rows.push_back(std::llround(factor * middle));
  return n;
}

DcritSizes dcrit_sizes(const Scale& scale) {
  DcritSizes s;
  s.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 3, 5, 5));
  const auto around = [&](const TaskNetwork& network, double middle, std::int64_t steps) {
    return dcrit_network(scale, network, middle, steps);
  };
  switch (scale_index(scale)) {
    case 0:
      s.networks = {around(modular_network(13, 16), 55, 1500),
                    with_pure_states(around(modular_network(17, 32), 80, 1500), 80)};
      break;
    case 1:
      s.networks = {around(modular_network(13, 32), 62, 4000), around(modular_network(17, 32), 80, 4000),
                    around(modular_network(29, 32), 128, 5000), around(modular_network(31, 32), 138, 5000)};
      break;
    case 2:
      s.networks = standard_networks(scale);
      break;
    default:
      s.networks = standard_networks(scale);
      s.networks.push_back(with_pure_states(around(modular_network(113, 128), 700, 20000), 700));
      s.networks.push_back(around(modular_network(113, 64), 700, 20000));
      s.networks.push_back(around(modular_network(113, 256), 700, 20000));
  }
  return s;
}

}  // namespace groklab::studies::varma2023
