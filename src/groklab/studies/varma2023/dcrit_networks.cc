// The networks of claim dcrit, by scale. Sizes came from pilot runs with seeds below 10: the middle of each grid is
// within some 10 % of the size at which rho = 1 there.
#include <cmath>
#include <initializer_list>

#include "groklab/studies/varma2023/dcrit.h"

namespace groklab::studies::varma2023 {
namespace {

/// `middle`: about D_crit, found in pilots.
DcritNetwork around(const TaskNetwork& network, double middle, std::int64_t parent_steps) {
  DcritNetwork n;
  n.network = network;
  const auto times = [&](std::initializer_list<double> factors) {
    std::vector<std::int64_t> rows;
    for (const double factor : factors) rows.push_back(std::llround(factor * middle));
    return rows_within(rows, network);
  };
  n.parent_rows = std::llround(0.82 * static_cast<double>(network.rows));
  n.race_rows = std::llround(0.6 * static_cast<double>(network.rows));
  n.parent_steps = parent_steps;
  n.rows = times({0.75, 0.95, 1.2, 1.5});
  n.scratch_rows = times({2.4});
  n.memorised_rows = times({0.8, 1.4, 2.4});
  return n;
}

}  // namespace

DcritSizes dcrit_sizes(const Scale& scale) {
  DcritSizes s;
  s.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 3, 5, 5));
  s.relaxation = {1e-2, 0.02, by_scale<std::int64_t>(scale, 1500, 15000, 15000, 30000)};
  switch (scale_index(scale)) {
    case 0:
      s.networks = {around(modular_network(17, 16), 80, 1500), around(modular_network(17, 32), 80, 1500)};
      break;
    case 1:
      s.networks = {around(modular_network(17, 32), 80, 4000), around(modular_network(23, 32), 95, 5000),
                    around(modular_network(31, 48), 140, 6000)};
      break;
    case 2:
      s.networks = {around(modular_network(17, 32), 80, 4000)};
      break;
    default:
      s.networks = {around(modular_network(59, 64), 370, 8000), around(modular_network(83, 96), 600, 10000),
                    around(modular_network(113, 64), 900, 10000), around(modular_network(113, 128), 900, 20000)};
  }
  return s;
}

}  // namespace groklab::studies::varma2023
