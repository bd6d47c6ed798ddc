// Run::set_penalty: named tensors of the caller's on one side, the engine's flat buffer on the other.
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/run/run_impl.h"

namespace groklab {
namespace {

std::vector<NamedTensor> named_tensors(const ParameterLayout& layout, std::span<const double> values) {
  std::vector<NamedTensor> all;
  for (const TensorSpec& spec : layout.tensors()) {
    const auto begin = values.begin() + spec.offset;
    all.push_back({spec.name, spec.shape, {begin, begin + spec.size}});
  }
  return all;
}

/// Throws Error(kInput) for a tensor that is unknown, there twice, or of another shape.
void put_gradient(const std::vector<NamedTensor>& tensors, const ParameterLayout& layout, std::span<double> gradient) {
  std::set<std::string_view> seen;
  for (const NamedTensor& tensor : tensors) {
    const TensorSpec* spec = layout.find(tensor.name);
    if (spec == nullptr || !seen.insert(tensor.name).second) {
      fail(ErrorKind::kInput, "penalty: expected gradients of tensors of the network, each once, found {}",
           tensor.name);
    }
    if (tensor.shape != spec->shape || static_cast<std::int64_t>(tensor.values.size()) != spec->size) {
      fail(ErrorKind::kInput, "penalty: expected a gradient of {} of shape [{}] ({} values), found [{}] ({})",
           spec->name, join(spec->shape, ", "), spec->size, join(tensor.shape, ", "), tensor.values.size());
    }
    std::copy(tensor.values.begin(), tensor.values.end(), gradient.begin() + spec->offset);
  }
}

}  // namespace

void Run::Impl::set_penalty(PenaltyGradient penalty) {
  refuse_while_training("set_penalty");
  has_penalty = static_cast<bool>(penalty);
  if (!has_penalty) return network.engine().set_own_penalty({});
  network.engine().set_own_penalty(
      [this, penalty = std::move(penalty)](std::span<const double> parameters, std::span<double> gradient) {
        const ParameterLayout& layout = network.engine().layout();
        const Mark mark(updating);
        put_gradient(penalty(named_tensors(layout, parameters)), layout, gradient);
      });
}

void Run::set_penalty(PenaltyGradient penalty) {
  if (impl_->pool == nullptr) {
    fail(ErrorKind::kConfig, "penalty: expected a run in memory, found one whose configuration alone is stored");
  }
  impl_->set_penalty(std::move(penalty));
}

}  // namespace groklab
