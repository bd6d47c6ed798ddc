// Which cores threads are bound to, and in which order.
#pragma once

#include <functional>
#include <vector>

namespace groklab {

/// Cores that the calling thread may use, in the order in which threads should take them; empty where the system does
/// not say.
std::vector<int> cores_in_order();

/// The rule behind it: the first hardware thread of every physical core, then the second of every one, and so on. Two
/// threads on one physical core share its multipliers, so four threads on cores 0 to 3 could run at half speed while
/// others idle. `allowed` ascending; `physical_core` is equal for two of them that share one.
std::vector<int> spread_over_cores(const std::vector<int>& allowed, const std::function<int(int)>& physical_core);

}  // namespace groklab
