// Numbers of publications as data, each with its source, and ours beside them.
#pragma once

#include <limits>
#include <string>

#include "groklab/analysis/estimate.h"

namespace groklab::studies {

struct PublishedNumber {
  const char* what = "";  ///< "exponent of T_grok in lambda"
  double value = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN(),
         high = std::numeric_limits<double>::quiet_NaN();  ///< NaN: none
  const char* source = "";                                 ///< publication, and where in it
};

struct PublishedBeside {
  PublishedNumber published;
  Estimate here;
};

/// "-0.757 [-0.799, -0.725]"; without an interval the number alone, in all its published digits.
std::string published_text(const PublishedNumber& number);

}  // namespace groklab::studies
