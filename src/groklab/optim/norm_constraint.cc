// Norm clamp: after each update the chosen tensors are scaled together so that their common norm is held at a value, or
// does not exceed it.
#include <cmath>
#include <string>

#include "groklab/optim/constraint.h"
#include "groklab/optim/tensor_choice.h"

namespace groklab {
namespace {

constexpr const char* kValue = "constraint.norm.value";
constexpr const char* kMode = "constraint.norm.mode";
constexpr const char* kTensors = "constraint.norm.tensors";
constexpr const char* kStart = "constraint.norm.start_step";

template <typename T>
class NormConstraint final : public Constraint<T> {
 public:
  explicit NormConstraint(const StepSetup<T>& setup)
      : kernels_(setup.kernels),
        value_(number_setting(setup.config, kValue)),
        is_cap_(text_setting(setup.config, kMode) == "cap"),
        start_(integer_setting(setup.config, kStart)),
        blocks_(tensor_blocks(setup.layout,
                              chosen_tensors(kTensors, text_setting(setup.config, kTensors), setup.layout))) {}

  void apply(T* parameters, std::int64_t run_step, ThreadPool& pool) override {
    if (run_step < start_) return;
    const double norm = std::sqrt(sum_over_blocks(blocks_, pool, [&](const TensorBlock& block) {
      return kernels_.sum_squares(parameters + block.at, block.size);
    }));
    if (norm == 0 || (is_cap_ && norm <= value_)) return;  // zeros have no direction to grow in
    const T scale = static_cast<T>(value_ / norm);
    pool.run(static_cast<std::int64_t>(blocks_.size()), [&](std::int64_t index, int) {
      const TensorBlock& block = blocks_[static_cast<std::size_t>(index)];
      for (std::int64_t i = block.at; i < block.at + block.size; ++i) parameters[i] *= scale;
    });
  }

 private:
  const Kernels<T>& kernels_;
  double value_;
  bool is_cap_;
  std::int64_t start_;
  std::vector<TensorBlock> blocks_;
};

}  // namespace

const ConstraintDescriptor& norm_constraint() {
  static const auto descriptor = describe<Constraint, NormConstraint>(
      {.name = "constraint.norm",
       .meaning = "Norm clamp: after each update the chosen tensors are scaled together to a norm; the optimiser's "
                  "buffers stay as they are",
       .keys = {number_key(kValue, 0, at_least(0), "",
                           "Euclidean norm of the chosen tensors together; 0 switches it off."),
                choice_key(kMode, "hold", {"hold", "cap"},
                           "Holds the norm at the value, or only keeps it from exceeding it."),
                text_key(kTensors, "*", "comma-separated patterns with * and ?", "Names of the tensors it acts on."),
                integer_key(kStart, 1, at_least(1), "steps", "First update of the run after which it acts.")},
       .active = [](const Config& config) { return number_setting(config, kValue) > 0; }});
  return descriptor;
}

}  // namespace groklab
