// See parameters.h.
#include "groklab/model/parameters.h"

#include <cmath>
#include <string>

#include "groklab/base/random.h"

namespace groklab {

namespace {

/// FNV-1a. A tensor's stream follows its name, so that an option that adds tensors leaves the others' weights alone.
std::uint32_t name_hash(const std::string& name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

/// Scale of a tensor's initial values: half the width of a uniform distribution, or a standard deviation.
double torch_bound(std::int64_t fan_in) { return 1.0 / std::sqrt(static_cast<double>(fan_in)); }

double paper_deviation(TensorRole role, const ModelConfig& c, const ModelSizes& sizes) {
  const std::int64_t inverse_variance = role == TensorRole::kUnembedding ? sizes.vocabulary : c.d_model;
  return std::sqrt(1.0 / static_cast<double>(inverse_variance));
}

void fill(double* out, const TensorSpec& spec, const ModelConfig& c, const ModelSizes& sizes, RandomStream stream) {
  const auto [role, fan_in, heads] = spec.traits;
  const bool is_norm = role == TensorRole::kNormGain || role == TensorRole::kNormBias;
  for (std::int64_t i = 0; i < spec.size; ++i) {
    if (is_norm) {
      out[i] = role == TensorRole::kNormGain ? 1.0 : 0.0;
    } else if (c.init == InitKind::kTorch) {
      const double value =
          fan_in > 0 ? (2.0 * stream.next_uniform() - 1.0) * torch_bound(fan_in) : stream.next_normal();
      out[i] = c.init_scale * value;
    } else if (role != TensorRole::kBias) {
      out[i] = c.init_scale * paper_deviation(role, c, sizes) * stream.next_normal();
    }
  }
}

}  // namespace

std::vector<double> initial_parameters(const ModelConfig& c, const ModelSizes& sizes, const ParameterLayout& layout,
                                       std::int64_t seed) {
  std::vector<double> values(static_cast<std::size_t>(layout.total()), 0.0);
  for (const TensorSpec& spec : layout.tensors()) {
    const RandomStream stream(static_cast<std::uint64_t>(seed), StreamPurpose::kInit, name_hash(spec.name));
    fill(values.data() + spec.offset, spec, c, sizes, stream);
  }
  return values;
}

}  // namespace groklab
