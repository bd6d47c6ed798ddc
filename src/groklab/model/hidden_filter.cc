// See hidden_filter.h.
#include "groklab/model/hidden_filter.h"

#include <type_traits>

namespace groklab {

template <typename T>
HiddenFilters<T>::HiddenFilters(const Config& config, std::int64_t width) {
  for (const HiddenFilterDescriptor* descriptor : hidden_filters()) {
    if (!component_active(descriptor->spec, config)) continue;
    if constexpr (std::is_same_v<T, float>) {
      filters_.push_back(descriptor->make_f32(config, width));
    } else {
      filters_.push_back(descriptor->make_f64(config, width));
    }
  }
}

template class HiddenFilters<float>;
template class HiddenFilters<double>;

}  // namespace groklab
