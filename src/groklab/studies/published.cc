// See published.h.
#include "groklab/studies/published.h"

#include <fmt/format.h>

#include <cmath>

namespace groklab::studies {

std::string published_text(const PublishedNumber& number) {
  if (std::isnan(number.low) || std::isnan(number.high)) return fmt::format("{}", number.value);
  return fmt::format("{} [{}, {}]", number.value, number.low, number.high);
}

}  // namespace groklab::studies
