// See power.h.
#include "groklab/studies/power.h"

#include <fmt/format.h>

#include <cmath>

#include "groklab/base/random.h"
#include "groklab/view/text.h"

namespace groklab::studies {
namespace {

constexpr int kTrials = 4000;

/// Standard deviation between seeds that gives an effect its interval.
double deviation_of(const Estimate& e, double level) {
  if (e.n < 2) return std::nan("");
  const auto n = static_cast<double>(e.n);
  return 0.5 * (e.high - e.low) * std::sqrt(n) / student_quantile(0.5 + 0.5 * level, n - 1);
}

double rounded(double probability) { return std::round(100 * probability) / 100; }

std::string percent(double probability) {
  return std::isfinite(probability) ? fmt::format("{:.0f}%", 100 * probability) : "-";
}

}  // namespace

double confirm_probability(const Criterion& criterion, double effect, double deviation, int n) {
  if (!std::isfinite(effect) || !std::isfinite(deviation)) return std::nan("");
  RandomStream stream(0, StreamPurpose::kBootstrap);
  int confirmed = 0;
  std::vector<double> seeds(static_cast<std::size_t>(n));
  for (int trial = 0; trial < kTrials; ++trial) {
    for (double& seed : seeds) seed = effect + deviation * stream.next_normal();
    confirmed += judge_criterion(mean_estimate(seeds, criterion.level()), criterion) == Verdict::kConfirmed ? 1 : 0;
  }
  return static_cast<double>(confirmed) / kTrials;
}

PowerTable power_of(const Reproduction& pilots) {
  PowerTable table;
  table.pilots = fmt::format("{} at scale {}, seeds {} from {}", pilots.study->id, pilots.summary.scale,
                             pilots.summary.seeds.count, pilots.summary.seeds.first);
  for (const JudgedClaim& judged : pilots.claims) {
    PowerRow all{judged.claim.id, "all that count", "", std::nan(""), std::nan(""), {}};
    all.power.assign(table.seeds.size(), 1);
    for (const Test& test : judged.judgement.tests) {
      if (!test.counts) continue;
      PowerRow row{judged.claim.id,
                   test.what,
                   effect_scale_name(test.criterion.scale),
                   test.effect.value,
                   deviation_of(test.effect, test.criterion.level()),
                   {}};
      for (std::size_t i = 0; i < table.seeds.size(); ++i) {
        const double power =
            confirm_probability(test.criterion, row.effect, row.deviation, static_cast<int>(table.seeds[i]));
        row.power.push_back(rounded(power));
        all.power[i] *= power;
      }
      table.rows.push_back(row);
    }
    for (double& power : all.power) power = rounded(power);
    table.rows.push_back(all);
  }
  return table;
}

std::string power_text(const PowerTable& table) {
  std::vector<std::string> head = {"claim", "test", "unit", "effect", "deviation"};
  std::string align = "lllrr";
  for (const std::int64_t n : table.seeds) {
    head.push_back(fmt::format("{} seeds", n));
    align += 'r';
  }
  std::vector<std::vector<std::string>> rows = {head};
  for (const PowerRow& row : table.rows) {
    std::vector<std::string>& cells = rows.emplace_back(
        std::vector{row.claim, row.what, row.unit, format_number(row.effect), format_number(row.deviation)});
    for (const double power : row.power) cells.push_back(percent(power));
  }
  return fmt::format("Probability of confirming, if effects are those of {}\n{}", table.pilots,
                     align_columns(rows, align));
}

}  // namespace groklab::studies
