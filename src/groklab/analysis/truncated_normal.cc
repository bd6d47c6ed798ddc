// See truncated_normal.h.
#include "groklab/analysis/truncated_normal.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace groklab {
namespace {

double density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi); }
double upper_tail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

}  // namespace

NormalMoments truncated_moments(double a, double b) {
  const bool mirrored = a + b < 0;  // both tails by erfc of the side that is small, so that nothing cancels
  if (mirrored) {
    std::swap(a, b);
    a = -a;
    b = -b;
  }
  const double mass = upper_tail(a) - upper_tail(b);
  NormalMoments m;
  if (!(mass > 1e-280)) {  // far out: all mass lies at the near end
    m = {a, a * a};
  } else {
    const double at_a = std::isfinite(a) ? density(a) : 0, at_b = std::isfinite(b) ? density(b) : 0;
    m.first = (at_a - at_b) / mass;
    m.second = 1 + ((std::isfinite(a) ? a * at_a : 0) - (std::isfinite(b) ? b * at_b : 0)) / mass;
  }
  if (mirrored) m.first = -m.first;
  return m;
}

}  // namespace groklab
