// See student.h.
#include "groklab/analysis/student.h"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "groklab/base/error.h"

namespace groklab {

double student_cdf(double t, double freedom) { return boost::math::cdf(boost::math::students_t(freedom), t); }

double student_quantile(double p, double freedom) {
  require(p > 0 && p < 1 && freedom > 0, "student_quantile needs 0 < p < 1");
  return boost::math::quantile(boost::math::students_t(freedom), p);
}

double normal_quantile(double p) {
  require(p > 0 && p < 1, "normal_quantile needs 0 < p < 1");
  return boost::math::quantile(boost::math::normal(), p);
}

}  // namespace groklab
