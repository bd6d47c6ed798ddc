// See fork_start.h.
#include "groklab/run/fork_start.h"

#include <cstring>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/join.h"

namespace groklab {
namespace {

template <typename From, typename To>
std::vector<std::byte> convert(const std::vector<std::byte>& bytes) {
  const std::size_t count = bytes.size() / sizeof(From);
  std::vector<std::byte> converted(count * sizeof(To));
  for (std::size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    const auto to = static_cast<To>(value);
    std::memcpy(converted.data() + i * sizeof(To), &to, sizeof(To));
  }
  return converted;
}

std::vector<std::byte> convert(const std::vector<std::byte>& bytes, Precision from, Precision to) {
  if (from == to) return bytes;
  return to == Precision::kFloat64 ? convert<float, double>(bytes) : convert<double, float>(bytes);
}

void check_same_tensors(const ParameterLayout& parent, const ParameterLayout& child) {
  for (const TensorSpec& spec : child.tensors()) {
    const TensorSpec* other = parent.find(spec.name);
    if (other == nullptr) {
      fail(ErrorKind::kConfig, "fork: expected a network with the parent's tensors, found {} besides them", spec.name);
    }
    if (other->shape != spec.shape) {
      fail(ErrorKind::kConfig, "fork: expected {} of shape [{}] as in the parent, found [{}]", spec.name,
           join(other->shape, ", "), join(spec.shape, ", "));
    }
  }
  for (const TensorSpec& spec : parent.tensors()) {
    if (child.find(spec.name) == nullptr) {
      fail(ErrorKind::kConfig, "fork: expected a network with the parent's tensors, found one without {}", spec.name);
    }
  }
}

bool same_moments(const std::string& a, const std::string& b) { return (a == "sgd") == (b == "sgd"); }

}  // namespace

void check_fork(const ResolvedConfig& parent, const ParameterLayout& parent_layout, const ResolvedConfig& child,
                const ParameterLayout& child_layout) {
  check_same_tensors(parent_layout, child_layout);
  if (!child->fork.reset_optimizer && !same_moments(parent->optim.kind, child->optim.kind)) {
    fail(ErrorKind::kConfig,
         "fork.reset_optimizer: expected true, since the parent's optimiser keeps other moments; found false");
  }
}

TrainState fork_start(const TrainState& parent, const ResolvedConfig& child, TrainState fresh) {
  fresh.parameters = convert(parent.parameters, parent.precision, fresh.precision);
  if (!child->fork.reset_optimizer) {
    fresh.first_moment = convert(parent.first_moment, parent.precision, fresh.precision);
    fresh.second_moment = convert(parent.second_moment, parent.precision, fresh.precision);
    fresh.optimizer_step = parent.optimizer_step;
  }
  return fresh;
}

}  // namespace groklab
