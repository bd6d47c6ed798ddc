// The colours of curves: Okabe and Ito's, which people who see few colours tell apart, yellow left out (too pale).
#pragma once

#include <array>
#include <cstddef>

namespace groklab::report {

inline constexpr std::array kPalette = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"};

/// They repeat after the last.
inline const char* palette_colour(std::size_t i) { return kPalette[i % kPalette.size()]; }

}  // namespace groklab::report
