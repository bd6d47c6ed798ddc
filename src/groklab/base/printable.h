// Text of others (names, paths, what a file holds) made fit for a terminal: no control characters, valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace groklab {

/// Longest line that printable_line makes, in bytes.
inline constexpr std::size_t kLongestLine = 480;

/// Every control character but the line end becomes \u001b and the like, every byte that is no UTF-8 becomes \xff.
/// Characters that turn the direction of writing count as control characters. JSON text stays JSON of the same value:
/// control characters stand only inside its strings.
std::string printable(std::string_view text);

/// The same on one line: line ends become spaces, those at the end are left out. What is longer than `most` bytes loses
/// its middle, since the place stands in front and what was found at the end.
std::string printable_line(std::string_view text, std::size_t most = kLongestLine);

}  // namespace groklab
