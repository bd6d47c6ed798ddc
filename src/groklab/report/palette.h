// The colours of curves: Okabe and Ito's, which people who see few colours tell apart, yellow left out (too pale).
#pragma once

#include <array>
#include <cstddef>

namespace groklab::report {

/// Of words on charts, which the page turns light on dark paper: a colour of the palette has 3.2 to 1 there, or 2.3 on
/// white, and words need 4.5 (WCAG 2.2, 1.4.3).
inline constexpr const char* kTextInk = "#1d2129";

inline constexpr std::array kPalette = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"};

/// They repeat after the last.
inline const char* palette_colour(std::size_t i) { return kPalette[i % kPalette.size()]; }

}  // namespace groklab::report
