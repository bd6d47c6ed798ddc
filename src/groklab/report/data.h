// Numbers as the data of charts.
#pragma once

namespace groklab::report {

/// The value, or NaN (an empty cell) where an axis has no place for it.
double drawable(double value);
/// The same to four digits: a colour shows no more, and a map has ten thousand cells.
double for_colour(double value);

}  // namespace groklab::report
