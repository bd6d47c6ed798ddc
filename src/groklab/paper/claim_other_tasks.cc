// Claim 10, other-tasks: ungrokking and both efficiencies on further operations and groups.
#include <fmt/format.h>

#include <cmath>

#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {
namespace {

constexpr double kTaskFall = 0.5;            // as in claim 6
const double kSameForTask = std::log(1.25);  // as in claim 7

/// As long as equal lr * lambda * steps asks for.
RunIndex task_run(Study& study, const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay) {
  return study.ungrokked(network, seed, network.rows, rows, weight_decay, equal_decay_step(study, weight_decay));
}

std::vector<std::int64_t> rows_for(const Study& study, const Network& network) {
  return Scale::within(study.scale().other_ungrok_rows, network);
}

void plan_other(Study& study) {
  const Scale& s = study.scale();
  for (const Network& network : s.other_tasks) {
    for (std::int64_t i = 0; i < s.other_seeds; ++i) {
      for (const double weight_decay : s.other_weight_decays) {
        for (const std::int64_t rows : rows_for(study, network)) {
          task_run(study, network, seed_at(study, i), rows, weight_decay);
        }
      }
    }
    memorised_points(study, network, s.other_seeds, std::vector<double>{s.weight_decay});
    general_points(study, network, s.other_seeds, rows_for(study, network).back(), s.weight_decay);
  }
}

ClaimResult judge_other(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  std::vector<XyPoint> points, crossings;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::string ours;
  std::vector<Test> shown;
  for (const Network& network : s.other_tasks) {
    const auto rows = rows_for(study, network);
    const auto accuracy = [&](std::int64_t seed, std::int64_t size, double weight_decay) {
      return accuracy_at(study, task_run(study, network, seed, size, weight_decay));
    };
    const auto log_midpoint = [&](std::int64_t seed, double weight_decay) {
      const Transition t =
          transition_over(network, rows, [&](std::int64_t size) { return accuracy(seed, size, weight_decay); });
      return std::log(t.midpoint);
    };
    const Estimate fall = mean_estimate(per_seed(study, s.other_seeds, [&](std::int64_t seed) {
      return accuracy(seed, rows.back(), s.weight_decay) - accuracy(seed, rows.front(), s.weight_decay);
    }));
    const Estimate observed = exponential(mean_estimate(
        per_seed(study, s.other_seeds, [&](std::int64_t seed) { return log_midpoint(seed, s.weight_decay); })));
    const auto memorised = memorised_points(study, network, s.other_seeds, std::vector<double>{s.weight_decay});
    const auto general = general_points(study, network, s.other_seeds, rows.back(), s.weight_decay);
    const Estimate predicted = exponential(mean_estimate(per_seed(study, s.other_seeds, [&](std::int64_t seed) {
      const double level = general_level(general, seed, &EfficiencyPoint::norm_at_margin);
      return std::log(crossing(memorised, seed, s.weight_decay, level, &EfficiencyPoint::norm_at_margin));
    })));
    result.tests.push_back({fmt::format("{}: final test accuracy at D' = {} less that at D' = {}", network.name,
                                        rows.back(), rows.front()),
                            "above 0.5: this task ungroks too", fall, judge_above(fall, kTaskFall)});
    for (const double weight_decay : s.other_weight_decays) {
      if (weight_decay == s.weight_decay) continue;
      const Estimate same = mean_estimate(
          per_seed(
              study, s.other_seeds,
              [&](std::int64_t seed) { return log_midpoint(seed, weight_decay) - log_midpoint(seed, s.weight_decay); }),
          kEquivalenceLevel);
      shown.push_back({fmt::format("{}: ln(midpoint at weight decay {} / at {}), at equal lr * lambda * steps",
                                   network.name, weight_decay, s.weight_decay),
                       "90 % interval within +-ln(1.25); shown only, the paper says 'for most'", same,
                       judge_equivalent(same, kSameForTask), false});
    }
    list.push_back({{"task", network.name},
                    {"observed", observed.value},
                    {"observed_ci", {observed.low, observed.high}},
                    {"predicted", predicted.value},
                    {"predicted_ci", {predicted.low, predicted.high}}});
    ours += fmt::format("{}{}: observed {:.0f}, predicted {:.0f}", ours.empty() ? "" : "; ", network.name,
                        observed.value, predicted.value);
    crossings.push_back({network.name, observed.value, predicted.value});
    for (std::int64_t i = 0; i < s.other_seeds; ++i) {
      for (const std::int64_t size : rows) {
        const double a = accuracy(seed_at(study, i), size, s.weight_decay);
        if (std::isfinite(a)) {
          points.push_back({network.name, static_cast<double>(size), a, fmt::format("{}", seed_at(study, i))});
        }
      }
    }
  }
  result.tests.insert(result.tests.end(), shown.begin(), shown.end());
  result.n_seeds = s.other_seeds;
  result.ours = "D_crit: " + ours;
  result.data["tasks"] = list;
  XyOptions options;
  options.id = "other-ungrokking";
  options.title = "Ungrokking on other tasks";
  options.caption =
      "Final test accuracy against the rows kept, from networks trained on the full table; a line is a seed.";
  options.x_title = "rows kept D'";
  options.y_title = "final test accuracy";
  options.log_x = options.fraction_y = true;
  result.figures.push_back(make_xy_chart(points, options));
  options.id = "other-dcrit";
  options.title = "D_crit of other tasks: predicted against observed";
  options.caption = "Predicted from equal norms at margin 10, observed by ungrokking; means over seeds.";
  options.x_title = "observed D_crit";
  options.y_title = "predicted D_crit";
  options.fraction_y = options.lines = false;
  options.log_y = options.diagonal = true;
  result.figures.push_back(make_xy_chart(crossings, options));
  return result;
}

}  // namespace

Claim claim_other_tasks() {
  return {"other-tasks",
          "Other operations and groups",
          "Ungrokking appears on other modular operations and, at full scale, on permutation groups as well.",
          "Transitions on most tasks of Power et al. (2022), independent of weight decay for most (Fig. 8)",
          plan_other,
          judge_other};
}

}  // namespace groklab::paper
