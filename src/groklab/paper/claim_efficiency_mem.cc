// Claim 3, efficiency-mem: memorising more rows needs more norm for the same logit.
#include <fmt/format.h>

#include <cmath>

#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {
namespace {

void plan_mem(Study& study) {
  const Scale& s = study.scale();
  memorised_points(study, s.main, s.seeds, s.weight_decays);
  memorised_points(study, s.main, s.seeds, std::vector<double>{s.weight_decay}, "random_commutative");
}

ClaimResult judge_mem(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  const auto points = memorised_points(study, s.main, s.seeds, s.weight_decays);
  const auto commutative =
      memorised_points(study, s.main, s.seeds, std::vector<double>{s.weight_decay}, "random_commutative");
  const auto slope = [&](const std::vector<EfficiencyPoint>& of, double weight_decay) {
    return mean_estimate(
        per_seed(study, s.seeds, [&](std::int64_t seed) { return iso_logit_slope(of, seed, weight_decay); }));
  };
  const auto add = [&](const std::string& what, const Estimate& effect) {
    result.tests.push_back(
        {"exponent b of norm ~ D^b at equal margin, " + what,
         fmt::format("above {}: more rows need more norm; the bound that makes C_gen count as flat", kFlatExponent),
         effect, judge_above(effect, kFlatExponent)});
  };
  const Estimate headline = slope(points, s.weight_decay);
  add(fmt::format("random labels, weight decay {}", s.weight_decay), headline);
  add("random labels that commute", slope(commutative, s.weight_decay));
  for (const double weight_decay : s.weight_decays) {
    if (weight_decay != s.weight_decay)
      add(fmt::format("random labels, weight decay {}", weight_decay), slope(points, weight_decay));
  }
  result.n_seeds = headline.n;
  result.ours = fmt::format("norm ~ D^{:.2f} between D = {} and {}", headline.value, s.memorised_rows.front(),
                            s.memorised_rows.back());
  result.notes.push_back(
      "The paper gives curves and no exponent. Norms are compared at a mean margin of 10 by scaling each network, "
      "which "
      "is the definition of a circuit's efficiency; raw correct logits also hold the wrong classes' logits.");

  std::vector<XyPoint> iso, scatter;
  for (const double weight_decay : s.weight_decays) {
    for (const EfficiencyPoint& p : points) {
      if (p.weight_decay != weight_decay) continue;
      iso.push_back({fmt::format("random, weight decay {}", weight_decay), static_cast<double>(p.rows),
                     p.norm_at_margin, fmt::format("{}", p.seed)});
    }
  }
  for (const EfficiencyPoint& p : commutative) {
    iso.push_back({"random commutative", static_cast<double>(p.rows), p.norm_at_margin, fmt::format("{}", p.seed)});
  }
  for (const std::int64_t rows : sizes_of(points)) {
    for (const EfficiencyPoint& p : points) {
      if (p.rows == rows) scatter.push_back({fmt::format("D = {}", rows), p.norm, p.margin});
    }
  }
  XyOptions options;
  options.id = "mem-iso-logit";
  options.title = "Iso-logit curves of C_mem";
  options.caption =
      "Norm that a network of random labels needs for a mean margin of 10. It grows with the number of "
      "rows, whatever the weight decay.";
  options.x_title = "training rows D";
  options.y_title = "norm at margin 10";
  options.log_x = options.log_y = true;
  result.figures.push_back(make_xy_chart(iso, options));
  options.id = "mem-scatter";
  options.title = "Margin against norm, C_mem";
  options.caption =
      "Converged networks of all seeds and weight decays. More rows lie at larger norms for the same margin.";
  options.x_title = "norm of all parameters";
  options.y_title = "mean margin of training rows";
  options.log_x = options.log_y = options.lines = false;
  result.figures.push_back(make_xy_chart(scatter, options));
  return result;
}

}  // namespace

Claim claim_efficiency_mem() {
  return {"efficiency-mem",
          "C_mem is less efficient the more rows it memorises",
          "Networks trained on random labels need more parameter norm for the same logit as D grows.",
          "Iso-logit curves rise with D for every weight decay (Fig. 3); no exponent is given",
          plan_mem,
          judge_mem};
}

}  // namespace groklab::paper
