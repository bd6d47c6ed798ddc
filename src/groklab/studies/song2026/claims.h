// The claims about the capacity race: the time to memorise random labels and
// the time to generalise, both over the number of parameters, and the delay of
// grokking.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/mlp_network.h"
#include "groklab/studies/sizes.h"

namespace groklab::studies::song2026 {

/// Grokking: T_gen is at least this many times T_fit. Half of what varma2023
/// takes for a delay.
inline constexpr double kDelay = 2;
/// "Close to": within this factor of the number of parameters.
inline constexpr double kClose = 2;
/// Nearer to "where the crossing moves, the onset moves as far" than to "the
/// onset stays": half of slope 1.
inline constexpr double kMoves = 0.5;
/// Of memorising random and true labels: as long.
inline constexpr double kAsLong = 1.25;

/// A table, its training rows, dropout, and the widths of networks that are
/// trained on it.
struct RaceCondition {
  std::string name;
  std::int64_t modulus = 0, rows = 0;
  double dropout = 0;
  std::vector<std::int64_t> widths;  ///< d_model, ascending, with d_mlp = 4 d_model
};
template <class F>
void visit_fields(RaceCondition& c, F&& field) {
  field("name", c.name);
  field("modulus", c.modulus);
  field("rows", c.rows);
  field("dropout", c.dropout);
  field("widths", c.widths);
}

struct RaceSizes {
  std::string network;
  SeedRange seeds;
  std::vector<RaceCondition> conditions;
  std::vector<std::string> settings;  ///< of all runs
  double fitted = 0.99,
         generalised = 0.98;  ///< accuracies of training and of test rows
  std::int64_t steps = 0,
               random_steps = 0;  ///< budgets of runs on the task and on random labels
  std::int64_t evaluations_per_decade = 60;
};
template <class F>
void visit_fields(RaceSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("conditions", s.conditions);
  field("settings", s.settings);
  field("fitted", s.fitted);
  field("generalised", s.generalised);
  field("steps", s.steps);
  field("random_steps", s.random_steps);
  field("evaluations_per_decade", s.evaluations_per_decade);
}

struct RaceRuns {
  struct Item {
    std::int64_t seed = 0;
    std::size_t condition = 0;  ///< of the sizes
    std::int64_t width = 0, parameters = 0;
    RunIndex task = 0, random = 0;
  };
  std::vector<Item> runs;
};

/// The two runs of a seed at a width; steps at which an accuracy is first
/// reached, none within the budget.
struct RacePoint {
  std::int64_t seed = 0;
  std::string condition;
  std::int64_t width = 0, parameters = 0;
  std::optional<std::int64_t> memorised;    ///< T_mem: training rows with random labels
  std::optional<std::int64_t> fitted;       ///< T_fit: training rows of the task
  std::optional<std::int64_t> generalised;  ///< T_gen: its test rows
};
template <class F>
void visit_fields(RacePoint& p, F&& field) {
  field("seed", p.seed);
  field("condition", p.condition);
  field("width", p.width);
  field("parameters", p.parameters);
  field("memorised", p.memorised);
  field("fitted", p.fitted);
  field("generalised", p.generalised);
}

struct RaceMeasurement {
  RaceSizes sizes;
  std::vector<RacePoint> points;  ///< both of whose runs ended without error
};
template <class F>
void visit_fields(RaceMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("points", m.points);
}

/// ln of the number of parameters at which T_mem = T_gen for a seed: between
/// the widest network that memorises no faster than it generalises and the
/// next, on logarithmic axes. The budget stands for a T_mem that was not
/// reached, where it is longer than T_gen. NaN without such a pair of networks.
double log_crossing(const RaceMeasurement& m, std::int64_t seed, const std::string& condition);
/// The same of where T_gen = kDelay T_fit: between the widest network without a
/// delay and the next.
double log_onset(const RaceMeasurement& m, std::int64_t seed, const std::string& condition);

RaceSizes race_sizes(const Scale& scale);
/// Of one_hot_mlp with d_mlp = 4 times each width.
RaceSizes one_hot_sizes(const Scale& scale);
Judgement judge_race(const RaceMeasurement& measurement);
Judgement judge_sides(const RaceMeasurement& measurement);
Judgement judge_speeds(const RaceMeasurement& measurement);
Judgement judge_one_hot(const RaceMeasurement& measurement);

Claim claim_race();
Claim claim_sides();
Claim claim_speeds();
Claim claim_one_hot();

}  // namespace groklab::studies::song2026
