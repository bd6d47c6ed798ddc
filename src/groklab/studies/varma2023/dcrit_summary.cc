// See dcrit_summary.h.
#include "groklab/studies/varma2023/dcrit_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "groklab/analysis/curves.h"

namespace groklab::studies::varma2023 {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double ln(std::int64_t rows) { return std::log(static_cast<double>(rows)); }

/// Exact within the reach of the sizes, else beyond that end of them.
CensoredValue within_reach(std::int64_t network, double log_size, std::int64_t smallest, std::int64_t largest) {
  if (std::isnan(log_size)) return {network};
  if (log_size < ln(smallest) - std::log(kCrossingReach)) return {network, -kInfinity, ln(smallest)};
  if (log_size > ln(largest) + std::log(kCrossingReach)) return {network, ln(largest), kInfinity};
  return exact_value(network, log_size);
}

/// D at which the line of ln T_fit meets that of ln T_grok, both through two sizes.
double race_crossing(const std::vector<RaceTimes>& races, std::int64_t seed) {
  std::vector<double> x, gap;
  for (const RaceTimes& r : races) {
    if (r.seed != seed || !r.delay.fit || !r.delay.grok || *r.delay.fit <= 0) continue;
    x.push_back(ln(r.rows));
    gap.push_back(std::log(static_cast<double>(*r.delay.grok) / static_cast<double>(*r.delay.fit)));
  }
  const Line line = fit_line(x, gap);
  return line.slope < 0 ? -line.intercept / line.slope : std::nan("");
}

void summarise_seed(DcritSummary& s, const DcritMeasurement& m, std::size_t network, std::int64_t seed) {
  const DcritNetworkMeasurement& n = m.networks[network];
  const DcritNetwork& sizes = m.sizes.networks[network];
  const auto id = static_cast<std::int64_t>(network);
  s.by_branches.push_back(branch_crossing(id, branch_points(n), seed));
  s.by_composition.push_back(log_midpoint(id, n.general, seed, 0, &RestingState::general_fraction));
  s.by_accuracy.push_back(
      log_midpoint(id, n.general, seed, 1 / static_cast<double>(sizes.network.classes), &RestingState::test_accuracy));
  const std::vector<EfficiencyPoint> general = generalising(n.pure.general), memorised = fitted(n.pure.memorised);
  const auto pure_crossing = [&](const std::vector<EfficiencyPoint>& level) {
    const double cost = general_level(level, seed, &EfficiencyPoint::norm_at_margin);
    return exact_value(id, std::log(crossing(memorised, seed, 1, cost, &EfficiencyPoint::norm_at_margin)));
  };
  s.by_pure_states.push_back(pure_crossing(passing(general)));
  s.by_unfiltered_states.push_back(pure_crossing(general));
  s.by_race.push_back(exact_value(id, race_crossing(n.races, seed)));
}

double bracket_fraction(const DcritNetworkMeasurement& n, const DcritSummary& s, std::size_t network,
                        const SeedRange& seeds) {
  double inside = 0, known = 0;
  const std::vector<std::int64_t> all = seeds.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const CensoredValue& predicted = s.by_branches[network * all.size() + i];
    if (!predicted.is_exact()) continue;
    ++known;
    inside += is_in_bracket(n.general, n.memorising, all[i], predicted.low) ? 1 : 0;
  }
  return known > 0 ? inside / known : std::nan("");
}

/// [networks] ln of what a rival is proportional to.
std::vector<double> rival_logs(const DcritSummary& s, const std::string& rival) {
  if (rival == kTableRival) return s.log_rows;
  if (rival == kLogRival) return s.log_classes;
  if (rival == kObjectivesRival) return network_means(s.by_branches);
  if (rival == kPureRival) return network_means(s.by_unfiltered_states);
  if (rival == kRaceRival) return network_means(s.by_race);
  return std::vector<double>(s.networks.size(), 0.0);
}

/// How well the seeds of a network know a size.
Json knowledge_json(const LogSizes& sizes, std::size_t network) {
  std::int64_t exact = 0, censored = 0, unknown = 0;
  for (const CensoredValue& v : sizes) {
    if (v.group != static_cast<std::int64_t>(network)) continue;
    const bool has_bound = std::isfinite(v.low) || std::isfinite(v.high);
    ++(v.is_exact() ? exact : has_bound ? censored : unknown);
  }
  return {{"exact", exact}, {"censored", censored}, {"unknown", unknown}};
}

/// [low, high] of sizes; null for an end that is not known.
Json sizes_json(double log_low, double log_high) {
  const auto size = [](double log_size) { return std::isfinite(log_size) ? Json(std::exp(log_size)) : Json(nullptr); };
  return {size(log_low), size(log_high)};
}

Json brackets_json(const DcritSummary& s, std::size_t network) {
  Json list = Json::array();
  for (std::size_t i = 0; i < s.seeds.size(); ++i) {
    const std::size_t at = network * s.seeds.size() + i;
    const Bracket& bracket = s.brackets[at];
    const CensoredValue &predicted = s.by_branches[at], &observed = s.by_composition[at];
    list.push_back({{"seed", s.seeds[i]},
                    {"bracket", sizes_json(bracket.low, bracket.high)},
                    {"predicted", sizes_json(predicted.low, predicted.high)},
                    {"observed", sizes_json(observed.low, observed.high)}});
  }
  return list;
}

}  // namespace

Bracket bracket_of(const std::vector<RestingState>& general, const std::vector<RestingState>& memorising,
                   std::int64_t seed) {
  Bracket bracket{-kInfinity, kInfinity};
  for (const RestingState& s : general) {
    if (s.seed == seed && s.stationary && s.general_fraction < 0.5) bracket.low = std::max(bracket.low, ln(s.rows));
  }
  for (const RestingState& s : memorising) {
    if (s.seed == seed && s.stationary && s.general_fraction > 0.5) bracket.high = std::min(bracket.high, ln(s.rows));
  }
  return bracket;
}

LogSizes differences(const LogSizes& a, const LogSizes& b) {
  LogSizes d;
  for (std::size_t i = 0; i < a.size(); ++i) d.push_back(difference(a[i], b[i]));
  return d;
}

std::vector<double> network_means(const LogSizes& sizes) { return censored_group_means(sizes).mean; }

std::vector<BranchPoint> branch_points(const DcritNetworkMeasurement& n) {
  std::vector<BranchPoint> points;
  for (const RestingState& g : n.general) {
    const auto m = std::find_if(n.memorising.begin(), n.memorising.end(),
                                [&](const RestingState& s) { return s.seed == g.seed && s.rows == g.rows; });
    if (m == n.memorising.end() || !g.stationary || !m->stationary) continue;
    const bool memorises = m->train_accuracy >= kFittedAccuracy && m->general_fraction < 0.5;
    if (!memorises || !(g.objective > 0) || !(m->objective > 0)) continue;
    points.push_back({g.seed, g.rows, std::log(g.objective / m->objective)});
  }
  return points;
}

CensoredValue branch_crossing(std::int64_t network, const std::vector<BranchPoint>& points, std::int64_t seed) {
  std::vector<double> x, y;
  std::int64_t smallest = 0, largest = 0;
  for (const BranchPoint& p : points) {
    if (p.seed != seed) continue;
    if (x.empty()) smallest = p.rows;
    largest = p.rows;
    x.push_back(ln(p.rows));
    y.push_back(p.log_ratio);
  }
  const Line line = fit_line(x, y);
  if (!(line.slope < 0)) return {network};
  return within_reach(network, -line.intercept / line.slope, smallest, largest);
}

bool is_in_bracket(const std::vector<RestingState>& general, const std::vector<RestingState>& memorising,
                   std::int64_t seed, double log_size) {
  const Bracket bracket = bracket_of(general, memorising, seed);
  return bracket.low <= log_size && log_size <= bracket.high;
}

DcritSummary summarise_dcrit(const DcritMeasurement& m) {
  DcritSummary s;
  s.seeds = m.sizes.seeds.all();
  for (std::size_t i = 0; i < m.networks.size(); ++i) {
    const TaskNetwork& network = m.sizes.networks[i].network;
    s.networks.push_back(network.name);
    s.log_rows.push_back(ln(network.rows));
    const auto classes = static_cast<double>(network.classes);
    s.log_classes.push_back(std::log(classes * std::log(classes)));
    for (const std::int64_t seed : m.sizes.seeds.all()) summarise_seed(s, m, i, seed);
    s.in_bracket.push_back(bracket_fraction(m.networks[i], s, i, m.sizes.seeds));
    const DcritNetworkMeasurement& n = m.networks[i];
    for (const std::int64_t seed : s.seeds) s.brackets.push_back(bracket_of(n.general, n.memorising, seed));
    s.restless.push_back({count_restless(n.general), count_restless(n.memorising),
                          static_cast<std::int64_t>(n.general.size()), static_cast<std::int64_t>(n.memorising.size())});
    s.n_restless += s.restless.back().general + s.restless.back().memorising;
  }
  for (const LogSizes* sizes : {&s.by_branches, &s.by_composition}) {
    s.n_censored += std::count_if(sizes->begin(), sizes->end(), [](const auto& v) { return !v.is_exact(); });
  }
  s.smallest = s.largest = std::nan("");
  for (const double log_size : network_means(s.by_composition)) {
    if (!std::isfinite(log_size)) continue;
    s.smallest = std::fmin(s.smallest, std::exp(log_size));
    s.largest = std::fmax(s.largest, std::exp(log_size));
  }
  return s;
}

Estimate network_estimate(const LogSizes& sizes, std::size_t network) {
  std::vector<double> exact;
  LogSizes own;
  for (const CensoredValue& v : sizes) {
    if (v.group != static_cast<std::int64_t>(network)) continue;
    own.push_back(v);
    if (v.is_exact()) exact.push_back(v.low);
  }
  Estimate e = mean_estimate(exact);
  const double value = own.empty() ? std::nan("") : network_means(own).front();
  const double shift = value - e.value;
  return {value, e.low + shift, e.high + shift, e.n};
}

Estimate mean_log_ratio(const DcritSummary&, const LogSizes& predicted, const LogSizes& observed) {
  return mean_estimate(network_means(differences(predicted, observed)), kEquivalenceLevel);
}

Estimate median_log_ratio(const DcritSummary&, const LogSizes& predicted, const LogSizes& observed) {
  return median_estimate(network_means(differences(predicted, observed)), kEquivalenceLevel);
}

Estimate bracket_estimate(const DcritSummary& s) { return mean_estimate(s.in_bracket); }

double rival_prediction(const DcritSummary& s, const std::string& rival, std::size_t network) {
  const std::vector<double> observed = network_means(s.by_composition), rivals = rival_logs(s, rival);
  double sum = 0, n = 0;
  for (std::size_t j = 0; j < observed.size(); ++j) {
    if (j == network || !std::isfinite(observed[j]) || !std::isfinite(rivals[j])) continue;
    sum += observed[j] - rivals[j];
    ++n;
  }
  return n > 0 ? rivals[network] + sum / n : std::nan("");
}

Estimate error_against(const DcritSummary& s, const std::string& rival) {
  const std::vector<double> observed = network_means(s.by_composition);
  const std::vector<double> own = network_means(differences(s.by_branches, s.by_composition));
  std::vector<double> less;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    less.push_back(std::abs(own[i]) - std::abs(rival_prediction(s, rival, i) - observed[i]));
  }
  return mean_estimate(less);
}

Estimate log_log_slope(const DcritSummary& s) {
  const std::vector<double> x = network_means(s.by_branches), y = network_means(s.by_composition);
  const std::vector<std::int64_t> one_group(x.size(), 0);
  return within_group_slope(one_group, x, y);
}

Json networks_json(const DcritSummary& s) {
  Json list = Json::array();
  const auto interval = [](const Estimate& e) { return Json{std::exp(e.value), std::exp(e.low), std::exp(e.high)}; };
  for (std::size_t i = 0; i < s.networks.size(); ++i) {
    list.push_back({{"network", s.networks[i]},
                    {"predicted", interval(network_estimate(s.by_branches, i))},
                    {"predicted_by_pure_states", interval(network_estimate(s.by_pure_states, i))},
                    {"observed", interval(network_estimate(s.by_composition, i))},
                    {"observed_by_accuracy", interval(network_estimate(s.by_accuracy, i))},
                    {"in_bracket", plain::number_json(s.in_bracket[i])},
                    {"seeds_predicted", knowledge_json(s.by_branches, i)},
                    {"seeds_observed", knowledge_json(s.by_composition, i)},
                    {"restless_runs",
                     {{"generalising", s.restless[i].general},
                      {"memorising", s.restless[i].memorising},
                      {"of_each", {s.restless[i].n_general, s.restless[i].n_memorising}}}},
                    {"by_seed", brackets_json(s, i)}});
  }
  return list;
}

}  // namespace groklab::studies::varma2023
