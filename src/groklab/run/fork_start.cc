// See fork_start.h.
#include "groklab/run/fork_start.h"

#include <algorithm>
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

std::vector<std::string> buffer_names(const TrainState& state) {
  std::vector<std::string> names;
  for (const StateBuffer& buffer : state.buffers) names.push_back(buffer.name);
  std::sort(names.begin(), names.end());
  return names;
}

void check_same_buffers(const TrainState& parent, const TrainState& child) {
  const std::vector<std::string> theirs = buffer_names(parent), own = buffer_names(child);
  if (theirs == own) return;
  const auto shown = [](const std::vector<std::string>& names) { return names.empty() ? "none" : join(names, ", "); };
  fail(ErrorKind::kConfig,
       "fork.reset_optimizer: expected true, since the parent's optimiser keeps other buffers ({}) than this one ({}); "
       "found false",
       shown(theirs), shown(own));
}

}  // namespace

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

TrainState fork_start(const TrainState& parent, const ResolvedConfig& child, TrainState fresh) {
  if (!child->fork.reset_optimizer) {
    check_same_buffers(parent, fresh);
    fresh.buffers.clear();
    for (const StateBuffer& buffer : parent.buffers) {
      fresh.buffers.push_back({buffer.name, convert(buffer.bytes, parent.precision, fresh.precision)});
    }
    fresh.optimizer_step = parent.optimizer_step;
  }
  fresh.parameters = convert(parent.parameters, parent.precision, fresh.precision);
  return fresh;
}

}  // namespace groklab
