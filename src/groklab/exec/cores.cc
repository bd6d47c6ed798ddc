// See cores.h.
#include "groklab/exec/cores.h"

#include <sched.h>

#include <fstream>
#include <map>
#include <string>

namespace groklab {
namespace {

/// The lowest of the hardware threads that share a physical core with `core`; `core` itself where the system does not
/// say. The list reads "0,8" or "0-1".
int first_sibling(int core) {
  std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(core) + "/topology/thread_siblings_list");
  int first = core;
  return file >> first ? first : core;
}

}  // namespace

std::vector<int> spread_over_cores(const std::vector<int>& allowed, const std::function<int(int)>& physical_core) {
  std::map<int, std::size_t> taken;  // physical core -> hardware threads so far
  std::vector<std::vector<int>> rounds;
  for (const int core : allowed) {
    const std::size_t round = taken[physical_core(core)]++;
    if (round == rounds.size()) rounds.emplace_back();
    rounds[round].push_back(core);
  }
  std::vector<int> order;
  for (const std::vector<int>& round : rounds) order.insert(order.end(), round.begin(), round.end());
  return order;
}

std::vector<int> cores_in_order() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> allowed;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return allowed;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) allowed.push_back(core);
  }
  return spread_over_cores(allowed, first_sibling);
}

}  // namespace groklab
