// Probe `balance`: how the correct logit divides between the circuits.
#include <fmt/format.h>

#include <cmath>

#include "groklab/probe/balance.h"
#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"

namespace groklab {
namespace {

void run_balance(ProbeContext& context, ProbeResult& result) {
  result.balance = measure_balance(*context.orbits, context.task, context.split, context.logits());
}

std::string with_error(double value, double error) {
  return fmt::format("{} ± {}", probe_number(value), probe_number(error));
}

/// "2.1 (1.8 to 2.5)", "above 40", "below 0.02" or "no bound".
std::string ratio_text(const BalanceMetrics& m) {
  const bool low = std::isfinite(m.ratio_low), high = std::isfinite(m.ratio_high);
  if (low && high) {
    return fmt::format("{} ({} to {})", probe_number(m.ratio), probe_number(m.ratio_low), probe_number(m.ratio_high));
  }
  if (low) return "above " + probe_number(m.ratio_low);
  return high ? "below " + probe_number(m.ratio_high) : "no bound";
}

std::vector<ProbeLine> balance_lines(const ProbeResult& result) {
  if (!result.balance) return {};
  const BalanceMetrics& m = *result.balance;
  const char* p = "balance";
  if (!m.undefined.empty()) return {{p, "generalising over memorising part", "none: " + m.undefined}};
  return {{p, "G: correct logit that every row has, from test rows", with_error(m.general, m.general_error)},
          {p, "M: what training rows have on top", with_error(m.memorised, m.memorised_error)},
          {p, "rho = G / M", ratio_text(m)},
          {p, "squared logits of a row: by orbit on test rows; training rows' excess",
           fmt::format("{}; {}", probe_number(m.general_square), probe_number(m.memorised_square))}};
}

}  // namespace

const ProbeDescriptor& balance_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("balance", "how the correct logit divides between both circuits: G, M and G / M"),
      .cost = "a forward pass over all rows",
      .needs_symmetry = true,
      .run = run_balance,
      .lines = balance_lines};
  return probe;
}

}  // namespace groklab
