// Power by simulation, before a protocol is locked: how probable a test is confirmed, if the effect and the spread
// between seeds are those of pilot runs.
#pragma once

#include <string>
#include <vector>

#include "groklab/studies/reproduction.h"

namespace groklab::studies {

/// Probability that a test confirms with `n` seeds, each a normal draw of that mean and standard deviation. 4000 draws
/// of a fixed random stream: its standard error is below 0.008. NaN without effect or deviation.
double confirm_probability(const Criterion& criterion, double effect, double deviation, int n);

/// Of a claim's test; of the claim itself, `what` is "all that count" and the probability their product, as if they
/// were independent.
struct PowerRow {
  std::string claim, what;
  std::string unit;                  ///< of effect and deviation: effect_scale_name(); "" of a claim
  double effect = 0, deviation = 0;  ///< assumed: the pilots' mean and standard deviation between seeds
  std::vector<double> power;         ///< for each number of seeds, to two decimals
};
template <class F>
void visit_fields(PowerRow& r, F&& field) {
  field("claim", r.claim);
  field("what", r.what);
  field("unit", r.unit);
  field("effect", r.effect);
  field("deviation", r.deviation);
  field("power", r.power);
}

struct PowerTable {
  std::string pilots;  ///< whose runs
  std::vector<std::int64_t> seeds = {3, 5, 8, 10};
  std::vector<PowerRow> rows;
};
template <class F>
void visit_fields(PowerTable& t, F&& field) {
  field("pilots", t.pilots);
  field("seeds", t.seeds);
  field("rows", t.rows);
}

/// The deviation comes from each test's interval, as Student's over effect.n seeds.
PowerTable power_of(const Reproduction& pilots);
std::string power_text(const PowerTable& table);

}  // namespace groklab::studies
