// The factory of engines: which one a config gets, on which instruction set.
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/engine/cpu/cpu_engine.h"
#include "groklab/engine/engine.h"

namespace groklab {
namespace {

template <typename T>
const Kernels<T>& chosen_kernels(std::string_view instruction_set) {
  if (instruction_set.empty()) return best_kernels<T>();
  for (const Kernels<T>* kernels : all_kernels<T>()) {
    if (instruction_set == kernels->instruction_set) return *kernels;
  }
  fail(ErrorKind::kConfig, "instruction set: expected one that this machine has ({}), found {}",
       join(instruction_sets(), ", "), instruction_set);
}

}  // namespace

std::unique_ptr<Engine> make_engine(const ResolvedConfig& config, Task task, Split split, ThreadPool& pool,
                                    std::string_view instruction_set) {
  const auto build = [&]<typename T>(T) -> std::unique_ptr<Engine> {
    return std::make_unique<CpuEngine<T>>(config, std::move(task), std::move(split), pool,
                                          chosen_kernels<T>(instruction_set));
  };
  return config->train.precision == Precision::kFloat64 ? build(double{}) : build(float{});
}

const char* instruction_set_name() { return best_kernels<float>().instruction_set; }

std::vector<std::string> all_instruction_sets() { return {"AVX-512", "AVX2", "SSE4", "NEON"}; }

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Kernels<float>* kernels : all_kernels<float>()) names.emplace_back(kernels->instruction_set);
  return names;
}

}  // namespace groklab
