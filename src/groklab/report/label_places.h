// Where the names of points stand in a chart, so that none covers another name, a point or an interval.
#pragma once

#include <string>
#include <vector>

namespace groklab::report {

/// A rectangle in CSS pixels of the drawing; y points down.
struct LabelBox {
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// A point that is to be named.
struct NamedPoint {
  double x = 0, y = 0;
  std::string name;
};

/// Where a name stands. `x` is its left end, or its right end where `to_left`; `y` is its middle.
struct LabelPlace {
  double x = 0, y = 0;
  bool to_left = false;
  bool far = false;  ///< so far from its point that a line is to join them
};
inline constexpr double kLabelFont = 10.5;        ///< px
inline constexpr double kLabelLetter = 5.6;       ///< px, about the mean letter of that size in a system's sans-serif
inline constexpr double kLabelHeight = 13;        ///< px
inline constexpr double kFarFromItsPoint = 15.0;  ///< px
LabelBox label_box(const LabelPlace& place, const std::string& name);

/// [points] places within `width` x `height`. Each name takes the cheapest of some hundred places around its point,
/// given where the others stand, several times over; what is covered costs most, then distance. `obstacles` are what
/// else is drawn.
std::vector<LabelPlace> place_labels(const std::vector<NamedPoint>& points, const std::vector<LabelBox>& obstacles,
                                     double width, double height);

}  // namespace groklab::report
