// See claims.h.
#include "groklab/studies/beyond-decay/claims.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::beyond_decay {
namespace {

using report::XyPoint;
using Norm = double CircuitCost::*;

Norm norm_pressed_on(const Pressure& p) {
  if (p.presses == kSumNorm) return &CircuitCost::l1;
  return p.presses == kNuclearNorm ? &CircuitCost::nuclear : &CircuitCost::l2;
}

std::vector<double> seed_falls(const PressureMeasurement& m, std::size_t pressure) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) { return fall_of_accuracy(m, pressure, seed); });
}

/// Mean of what is known.
double mean_of_known(const std::vector<double>& values) { return mean_estimate(values).value; }

/// Of each seed the mean of `error(pressure, seed)` over the pressures that `takes` takes.
template <class Takes, class Error>
std::vector<double> mean_errors(const PressureMeasurement& m, Takes takes, Error error) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < m.sizes.pressures.size(); ++i) {
      if (takes(m.sizes.pressures[i])) errors.push_back(error(i, seed));
    }
    return mean_of_known(errors);
  });
}

std::vector<double> less(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

std::string rows_text(const Pressure& p) {
  return fmt::format("test accuracy at D' = {} less that at D' = {}", p.rows.back(), p.rows.front());
}

Test falls_test(const PressureMeasurement& m, std::size_t i, bool falls, bool counts) {
  const Pressure& p = m.sizes.pressures[i];
  const Criterion criterion = falls ? must_be_above(kFall) : must_be_below(kFall);
  return {fmt::format("{}: {}", p.name, rows_text(p)),
          falls ? fmt::format("above {}: half of the test rows are lost", kFall)
                : fmt::format("below {}: half of the test rows are kept", kFall),
          mean_estimate(seed_falls(m, i), criterion.level()), criterion, counts};
}

std::int64_t restless(const PressureMeasurement& m) {
  std::int64_t count = 0;
  for (const UnderPressure& u : m.pressures) {
    for (const auto* states : {&u.general, &u.memorising}) {
      for (const varma2023::RestingState& s : *states) count += s.stationary ? 0 : 1;
    }
  }
  return count;
}

/// exp of the mean over seeds of ln D.
double mean_size(const PressureMeasurement& m, const std::function<CensoredValue(std::int64_t seed)>& size) {
  return std::exp(mean_of_known(per_seed(m.sizes.seeds, [&](std::int64_t seed) { return size(seed).exact_or_nan(); })));
}

Json pressures_json(const PressureMeasurement& m) {
  Json list = Json::array();
  for (std::size_t i = 0; i < m.sizes.pressures.size(); ++i) {
    const auto size = [&](const std::function<CensoredValue(std::int64_t)>& of) {
      return plain::number_json(mean_size(m, of));
    };
    const auto by = [&](Norm norm) {
      return size([&, norm](std::int64_t seed) { return size_of_equal_cost(m, i, seed, norm); });
    };
    list.push_back({{"pressure", m.sizes.pressures[i].name},
                    {"fall", plain_to_json(seed_falls(m, i))},
                    {"observed", size([&](std::int64_t seed) { return observed_size(m, i, seed); })},
                    {"by_l2", by(&CircuitCost::l2)},
                    {"by_l1", by(&CircuitCost::l1)},
                    {"by_nuclear", by(&CircuitCost::nuclear)},
                    {"by_largest", by(&CircuitCost::largest)},
                    {"by_objective", size([&](std::int64_t seed) { return size_of_equal_objective(m, i, seed); })}});
  }
  return list;
}

Judgement judge_falls(const PressureMeasurement& m, bool pressed) {
  Judgement result;
  for (std::size_t i = 0; i < m.sizes.pressures.size(); ++i) {
    const Pressure& p = m.sizes.pressures[i];
    if ((p.presses != kNoNorm) != pressed) continue;
    result.tests.push_back(falls_test(m, i, pressed, p.counts));
    const Test& test = result.tests.back();
    result.ours += fmt::format("{}{} {}", result.ours.empty() ? "fall of test accuracy: " : "; ", p.name,
                               estimate_text(test.effect));
  }
  finish_pressures(m, result);
  return result;
}

/// Mean over seeds of G / (G + M) and of what predicts it.
report::Chart fraction_chart(const PressureMeasurement& m, const std::string& id, bool pressed) {
  std::vector<XyPoint> points;
  for (std::size_t i = 0; i < m.pressures.size(); ++i) {
    const Pressure& p = m.sizes.pressures[i];
    if ((p.presses != kNoNorm) != pressed) continue;
    for (const std::int64_t rows : p.rows) {
      std::vector<double> accuracies;
      for (const varma2023::RestingState& s : m.pressures[i].general) {
        if (s.rows == rows && s.stationary) accuracies.push_back(s.test_accuracy);
      }
      const Estimate e = mean_estimate(accuracies);
      points.push_back({p.name, static_cast<double>(rows), e.value, "", e.low, e.high});
    }
  }
  return report::make_xy_chart(
      points, {.id = id,
               .title = pressed ? "Ungrokking under each pressure on the weights"
                                : "On fewer rows without a pressure on any norm",
               .caption = "Test accuracy of a network that generalised and was then trained on D' rows, mean over the "
                          "seeds at rest with its 95 % interval.",
               .x_title = "rows D'",
               .y_title = "test accuracy",
               .log_x = true,
               .fraction_y = true});
}

std::vector<report::Chart> pressed_figures(const PressureMeasurement& m) {
  return {fraction_chart(m, "pressures-pressed", true)};
}
std::vector<report::Chart> unpressed_figures(const PressureMeasurement& m) {
  return {fraction_chart(m, "pressures-unpressed", false)};
}

std::vector<report::Chart> norms_figures(const PressureMeasurement& m) {
  std::vector<XyPoint> points;
  for (std::size_t i = 0; i < m.pressures.size(); ++i) {
    const Pressure& p = m.sizes.pressures[i];
    if (p.presses == kNoNorm) continue;
    for (const std::int64_t seed : m.sizes.seeds.all()) {
      const double observed = std::exp(observed_size(m, i, seed).exact_or_nan());
      const std::string mark = fmt::format("{}, seed {}", p.name, seed);
      for (const auto& [name, norm] : {std::pair("by L2", &CircuitCost::l2), std::pair("by L1", &CircuitCost::l1),
                                       std::pair("by the nuclear norm", &CircuitCost::nuclear)}) {
        points.push_back({name, observed, std::exp(size_of_equal_cost(m, i, seed, norm).exact_or_nan()), mark});
      }
      if (!m.sizes.from_scratch) continue;
      points.push_back(
          {"equal objectives", observed, std::exp(size_of_equal_objective(m, i, seed).exact_or_nan()), mark});
    }
  }
  return {report::make_xy_chart(
      points, {.id = "pressures-norms",
               .title = "Which norm says where networks turn?",
               .caption = "A mark is a seed under a pressure. Predicted: where a network of random labels and one that "
                          "generalises have one norm at equal margin; or where resting states of both kinds have one "
                          "objective. Observed: rho = 1. The band is a factor of 1.5.",
               .x_title = "observed D_crit",
               .y_title = "predicted D_crit",
               .log_x = true,
               .log_y = true,
               .lines = false,
               .line_title = "pressure and seed",
               .diagonal = true,
               .band = kNear,
               .square = true})};
}

Claim make_pressure_claim(const char* id, const char* title, const char* statement, const char* paper,
                          Judgement (*judge)(const PressureMeasurement&),
                          std::vector<report::Chart> (*figures)(const PressureMeasurement&)) {
  return make_claim<PressureSizes, PressureRuns, PressureMeasurement>({.id = id,
                                                                       .title = title,
                                                                       .statement = statement,
                                                                       .paper = paper,
                                                                       .sizes = pressure_sizes,
                                                                       .plan = plan_pressures,
                                                                       .measure = measure_pressures,
                                                                       .judge = judge,
                                                                       .figures = figures});
}

}  // namespace

void finish_pressures(const PressureMeasurement& m, Judgement& result) {
  for (const UnderPressure& u : m.pressures) {
    if (!u.general.empty()) result.n_seeds = m.sizes.seeds.count;
  }
  for (std::size_t i = 0; i < m.pressures.size(); ++i) {
    for (const std::int64_t seed : m.sizes.seeds.all()) {
      const CensoredValue v = observed_size(m, i, seed);
      result.n_censored += !v.is_exact() && (std::isfinite(v.low) || std::isfinite(v.high)) ? 1 : 0;
    }
  }
  result.censoring = "seeds whose transition lies outside the sizes of a pressure";
  result.data["pressures"] = pressures_json(m);
  if (const std::int64_t n = restless(m); n > 0) {
    result.notes.push_back(fmt::format("{} runs did not come to rest and are left out.", n));
  }
}

std::vector<double> size_errors(const PressureMeasurement& m, double CircuitCost::*norm, const std::string& only) {
  return mean_errors(
      m, [&](const Pressure& p) { return p.presses != kNoNorm && (only.empty() || p.presses == only); },
      [&](std::size_t i, std::int64_t seed) {
        const Norm by = norm == nullptr ? norm_pressed_on(m.sizes.pressures[i]) : norm;
        return least_distance(size_of_equal_cost(m, i, seed, by), observed_size(m, i, seed));
      });
}

std::vector<double> objective_errors(const PressureMeasurement& m) {
  return mean_errors(
      m, [](const Pressure& p) { return p.objective; },
      [&](std::size_t i, std::int64_t seed) {
        return least_distance(size_of_equal_objective(m, i, seed), observed_size(m, i, seed));
      });
}

std::vector<double> constant_errors(const PressureMeasurement& m) {
  const auto presses = [](const Pressure& p) { return p.presses != kNoNorm; };
  return mean_errors(m, presses, [&](std::size_t left_out, std::int64_t seed) {
    std::vector<double> others;
    for (std::size_t i = 0; i < m.pressures.size(); ++i) {
      if (i != left_out && presses(m.sizes.pressures[i])) others.push_back(observed_size(m, i, seed).exact_or_nan());
    }
    return std::abs(mean_of_known(others) - observed_size(m, left_out, seed).exact_or_nan());
  });
}

Judgement judge_pressed(const PressureMeasurement& m) { return judge_falls(m, true); }
Judgement judge_unpressed(const PressureMeasurement& m) { return judge_falls(m, false); }

Judgement judge_norms(const PressureMeasurement& m) {
  const Criterion near = must_be_below(std::log(kNear)), nearer = must_be_below(0);
  const std::vector<double> own = size_errors(m, nullptr), euclidean = size_errors(m, &CircuitCost::l2);
  const auto test = [&](const std::string& what, const std::string& rule, const std::vector<double>& effects,
                        const Criterion& criterion, bool counts) {
    return Test{what, rule, mean_estimate(effects, criterion.level()), criterion, counts};
  };
  Judgement result;
  result.tests = {test("|ln(predicted / observed D_crit)| by the norm that is pressed on, mean over pressures",
                       fmt::format("below ln {}: it names the size at which networks turn", kNear), own, near, true)};
  for (const char* presses : {kSumNorm, kNuclearNorm}) {
    result.tests.push_back(test(fmt::format("the same under the {} penalty, less that by the Euclidean norm", presses),
                                "below 0: what counts is the norm that is pressed on",
                                less(size_errors(m, nullptr, presses), size_errors(m, &CircuitCost::l2, presses)),
                                nearer, true));
  }
  result.tests.push_back(test("|ln(predicted / observed)| by the Euclidean norm, mean over the same pressures",
                              fmt::format("below ln {}", kNear), euclidean, near, false));
  result.tests.push_back(test("the same by the L1 norm", fmt::format("below ln {}", kNear),
                              size_errors(m, &CircuitCost::l1), near, false));
  result.tests.push_back(test("the same by the nuclear norm", fmt::format("below ln {}", kNear),
                              size_errors(m, &CircuitCost::nuclear), near, false));
  if (m.sizes.from_scratch) {
    result.tests.push_back(test("the same by equal objectives of resting states, where an objective is known",
                                fmt::format("below ln {}", kNear), objective_errors(m), near, false));
  }
  result.tests.push_back(test("|ln error| of the norm that is pressed on less that of the other pressures' mean size",
                              "below 0: it knows more than a constant", less(own, constant_errors(m)), nearer, false));
  const auto text = [](const std::vector<double>& errors) { return estimate_text(mean_estimate(errors)); };
  result.ours = fmt::format(
      "error in ln D_crit: by the norm pressed on {}, by L2 {}, by L1 {}, by the nuclear norm {}{}, by a "
      "constant {}",
      text(own), text(euclidean), text(size_errors(m, &CircuitCost::l1)), text(size_errors(m, &CircuitCost::nuclear)),
      m.sizes.from_scratch ? ", by equal objectives " + text(objective_errors(m)) : "", text(constant_errors(m)));
  finish_pressures(m, result);
  result.notes.push_back(
      "Where a predicted size is only known to lie beyond the sizes that were run, the least error that it can have is "
      "taken.");
  return result;
}

Claim claim_pressed() {
  return make_pressure_claim(
      "pressed", "Every pressure on the weights ungroks",
      "Any training that holds a norm down makes a network lose on few rows what it generalised.",
      "AdamW (arXiv:2309.02390); no publication tries another pressure", judge_pressed, pressed_figures);
}

Claim claim_unpressed() {
  return make_pressure_claim("unpressed", "Nothing ungroks without a pressure on a norm",
                             "Efficiency is chosen by what presses on a norm: without it both circuits stay.",
                             "weight decay is what favours the efficient circuit (arXiv:2309.02390)", judge_unpressed,
                             unpressed_figures);
}

Claim claim_norms() {
  return make_pressure_claim("norms", "The norm that is pressed on says at which size",
                             "D_crit is where both circuits cost the same in the norm that training holds down.",
                             "norms of both circuits cross near D_crit, in L2 under AdamW (arXiv:2309.02390)",
                             judge_norms, norms_figures);
}

}  // namespace groklab::studies::beyond_decay
