// L1 penalty: weight * sum |theta| over the chosen tensors joins the loss.
#include <cmath>

#include "groklab/optim/penalty.h"
#include "groklab/optim/tensor_choice.h"

namespace groklab {
namespace {

constexpr const char* kWeight = "penalty.l1.weight";
constexpr const char* kTensors = "penalty.l1.tensors";

template <typename T>
class L1Penalty final : public Penalty<T> {
 public:
  explicit L1Penalty(const StepSetup<T>& setup)
      : weight_(number_setting(setup.config, kWeight)),
        blocks_(tensor_blocks(setup.layout,
                              chosen_tensors(kTensors, text_setting(setup.config, kTensors), setup.layout))) {}

  void add_gradient(T* gradient, const T* parameters, ThreadPool& pool) override {
    const T weight = static_cast<T>(weight_);
    pool.run(static_cast<std::int64_t>(blocks_.size()), [&](std::int64_t index, int) {
      const TensorBlock& block = blocks_[static_cast<std::size_t>(index)];
      for (std::int64_t i = block.at; i < block.at + block.size; ++i) {
        const T x = parameters[i];
        gradient[i] += x > 0 ? weight : x < 0 ? -weight : T{0};
      }
    });
  }

  double value(const T* parameters) const override {
    double sum = 0;
    for (const TensorBlock& block : blocks_) {
      for (std::int64_t i = block.at; i < block.at + block.size; ++i)
        sum += std::abs(static_cast<double>(parameters[i]));
    }
    return weight_ * sum;
  }

 private:
  double weight_;
  std::vector<TensorBlock> blocks_;
};

}  // namespace

const PenaltyDescriptor& l1_penalty() {
  static const auto descriptor = describe<Penalty, L1Penalty>(
      {.name = "penalty.l1",
       .meaning = "L1 penalty: weight times the sum of |theta| joins the loss; the subgradient at 0 is 0",
       .keys = {number_key(kWeight, 0, at_least(0), "", "Factor on the sum of absolute values; 0 switches it off."),
                text_key(kTensors, "*", "comma-separated patterns with * and ?", "Names of the tensors it acts on.")},
       .active = [](const Config& config) { return number_setting(config, kWeight) > 0; }});
  return descriptor;
}

}  // namespace groklab
