// See machine.h.
#include "groklab/engine/machine.h"

#include <fmt/format.h>

#include <fstream>

#include "groklab/engine/engine.h"

namespace groklab {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

}  // namespace

std::string machine_description(int threads, const std::string& instruction_set) {
  return fmt::format("{}, {}, {} thread{}", processor_name(),
                     instruction_set.empty() ? instruction_set_name() : instruction_set, threads,
                     threads == 1 ? "" : "s");
}

}  // namespace groklab
