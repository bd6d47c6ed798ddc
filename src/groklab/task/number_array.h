// An array of numbers as a file has it, whatever its element type.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace groklab {

struct NumberArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;  ///< row-major
  bool whole = false;          ///< of an integer type, or bool
};

/// The product of a shape's lengths; nothing if it is above `limit`.
inline std::optional<std::size_t> element_count(const std::vector<std::size_t>& shape, std::size_t limit) {
  std::size_t count = 1;
  for (const std::size_t length : shape) {
    if (length != 0 && count > limit / length) return std::nullopt;
    count *= length;
  }
  return count <= limit ? std::optional(count) : std::nullopt;
}

}  // namespace groklab
