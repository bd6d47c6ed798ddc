// See common.h.
#include "groklab/studies/varma2023/common.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/base/error.h"

namespace groklab::studies::varma2023 {
namespace {

/// Runs of a minute: whether everything works, not whether the claims hold.
CommonSizes smoke_sizes() {
  CommonSizes s;
  s.network = modular_network(17, 32);
  s.weight_decays = {1, 2};
  s.budgets = {1500, 1500, 1500};
  s.scratch_steps = 1500;
  s.grokking_rows = 180;
  s.parent_rows = 237;
  s.parent_steps = 1500;
  s.memorised_rows = {40, 80, 160};
  s.general_rows = {160, 237};
  s.ungrok_rows = {50, 90, 160};
  return s;
}

/// Small networks on which every claim is decided in minutes.
CommonSizes quick_sizes() {
  CommonSizes s;
  s.network = modular_network(31, 48);
  s.weight_decays = {0.5, 1, 2};
  s.budgets = {6000, 6000, 5000};
  s.scratch_steps = 10000;
  s.grokking_rows = 600;
  s.parent_rows = 788;
  s.parent_steps = 6000;
  s.memorised_rows = {70, 140, 280};
  s.general_rows = {400, 788};
  s.ungrok_rows = {80, 110, 150, 200, 400};
  return s;
}

/// The verdicts of record, in a few hours on two cores.
CommonSizes standard_sizes() {
  CommonSizes s;
  s.network = modular_network(43, 48);
  s.weight_decays = {0.5, 1, 2};
  s.budgets = {12000, 10000, 20000};
  s.scratch_steps = 20000;
  s.grokking_rows = 1000;
  s.parent_rows = 1516;
  s.parent_steps = 6000;
  s.memorised_rows = {75, 150, 300, 700};
  s.general_rows = {600, 820, 1120, 1516};
  s.ungrok_rows = {120, 154, 195, 246, 320, 420, 600};
  return s;
}

/// The paper's network and sizes. Where it does not state a budget or a weight decay, the values are ours: 20,000 steps
/// to converge (10,000 on random labels), weight decays around its default.
CommonSizes full_sizes() {
  CommonSizes s;
  s.network = modular_network(113, 128);
  s.weight_decays = {0.5, 1, 2};
  s.budgets = {20000, 10000, 100000};
  s.scratch_steps = 40000;
  s.grokking_rows = 3830;
  s.parent_rows = 10470;
  s.parent_steps = 20000;
  s.memorised_rows = {100, 200, 400, 800, 1600};
  s.general_rows = {2500, 4000, 6500, 10470};
  s.ungrok_rows = {390, 488, 610, 763, 955, 1194, 1494};
  return s;
}

}  // namespace

int scale_index(const Scale& scale) {
  if (scale.name == "smoke") return 0;
  if (scale.name == "quick") return 1;
  if (scale.name == "standard") return 2;
  if (scale.name == "full") return 3;
  fail(ErrorKind::kConfig, "--scale {}: expected smoke, quick, standard or full", scale.name);
}

SeedRange seeds_of(const Scale& scale, std::int64_t own, std::int64_t standard) {
  // Sizes, budgets and rules were chosen by looking at seeds below 5000: verdicts are taken on fresh ones.
  const std::int64_t first = by_scale<std::int64_t>(scale, 1000, 5000, standard, 1000);
  return {scale.first_seed >= 0 ? scale.first_seed : first, scale.seeds > 0 ? scale.seeds : own};
}

std::vector<report::XyRule> paper_marks(const TaskNetwork& network, const std::vector<double>& marks) {
  std::vector<report::XyRule> rules;
  if (network.classes != 113 || network.rows != 113 * 113) return rules;
  for (const double mark : marks) rules.push_back({mark, fmt::format("the paper: {:.0f}", mark)});
  return rules;
}

std::int64_t relaxation_steps(const Relaxation& r, std::int64_t rows) {
  const double longer = static_cast<double>(r.rows) / static_cast<double>(rows);
  return std::llround(static_cast<double>(r.steps) * std::clamp(longer, 1.0, kMostRelaxation));
}

Relaxation relaxation_around(const Scale& scale, double critical_rows) {
  Relaxation r;
  r.steps = by_scale<std::int64_t>(scale, 1500, 18000, 20000, 50000);
  if (scale_index(scale) > 0) r.rows = std::llround(kMostRelaxation * critical_rows);
  return r;
}

CommonSizes common_sizes(const Scale& scale) {
  CommonSizes (*const sizes)() = by_scale(scale, smoke_sizes, quick_sizes, standard_sizes, full_sizes);
  CommonSizes s = sizes();
  s.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 5, 5, 10));
  s.relaxation = relaxation_around(scale, by_scale<double>(scale, 0, 138, 205, 700));
  return s;
}

}  // namespace groklab::studies::varma2023
