// Lists in messages. (fmt::join would do, but GCC 12 warns falsely about the buffer it formats into.)
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace groklab {

/// Words or integers with a separator between them.
template <typename T>
std::string join(const std::vector<T>& items, std::string_view separator) {
  std::string text;
  for (const T& item : items) {
    if (&item != items.data()) text.append(separator);
    if constexpr (std::is_integral_v<T>) {
      text.append(std::to_string(item));
    } else {
      text.append(item);
    }
  }
  return text;
}

}  // namespace groklab
