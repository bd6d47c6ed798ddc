// See attention_pattern.h.
#include "groklab/probe/attention_pattern.h"

#include <algorithm>
#include <cmath>

#include "groklab/model/tokens.h"

namespace groklab {
namespace {

using Vector = std::vector<double>;

constexpr double kLayerNormEpsilon = 1e-5;  ///< that of the kernels

std::span<const double> row_of(const Vector& values, std::int64_t row, std::int64_t width) {
  return {values.data() + row * width, static_cast<std::size_t>(width)};
}

/// The first block's queries and keys, from the tensors.
class FirstBlock {
 public:
  FirstBlock(const Engine& engine, const ResolvedConfig& config, const TokenSequence& tokens)
      : tokens_(tokens), d_model_(config->model.d_model), heads_(config->model.n_heads) {
    const auto tensor = [&](const char* name) {
      const TensorSpec* spec = engine.layout().find(name);
      return spec == nullptr ? Vector() : engine.tensor(*spec);
    };
    embedding_ = tensor("embed.W_E");
    positions_ = tensor("pos_embed.W_pos");
    query_ = tensor("blocks.0.attn.W_Q");
    key_ = tensor("blocks.0.attn.W_K");
    query_bias_ = tensor("blocks.0.attn.b_Q");
    key_bias_ = tensor("blocks.0.attn.b_K");
    // Behind the parts of a block LayerNorm does not touch what goes into the first one.
    if (config->model.layer_norm == LayerNormKind::kPre) {
      gain_ = tensor("blocks.0.ln1.w");
      shift_ = tensor("blocks.0.ln1.b");
    }
    d_head_ = static_cast<std::int64_t>(query_.size()) / (heads_ * d_model_);
  }

  /// score(q, k) of head `h` before the softmax: the last position's query against token `index` of `position`.
  double score(std::int64_t h, std::int64_t position, std::int64_t index) const {
    const std::int64_t last = tokens_.positions() - 1;
    const Vector q = project(input(last, 0), query_, query_bias_, h);
    const Vector k = project(input(position, index), key_, key_bias_, h);
    double sum = 0;
    for (std::size_t i = 0; i < q.size(); ++i) sum += q[i] * k[i];
    return sum / std::sqrt(static_cast<double>(d_head_));
  }

 private:
  Vector input(std::int64_t position, std::int64_t index) const {
    const auto token = row_of(embedding_, tokens_.token(position, index), d_model_);
    const auto place = row_of(positions_, position, d_model_);
    Vector x(token.begin(), token.end());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += place[i];
    if (gain_.empty()) return x;
    double mean = 0, variance = 0;
    for (const double value : x) mean += value / static_cast<double>(d_model_);
    for (const double value : x) variance += (value - mean) * (value - mean) / static_cast<double>(d_model_);
    const double slope = 1 / std::sqrt(variance + kLayerNormEpsilon);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = (x[i] - mean) * slope * gain_[i] + shift_[i];
    return x;
  }
  /// x W + b of one head; `weights` [heads, d_model, d_head].
  Vector project(const Vector& x, const Vector& weights, const Vector& bias, std::int64_t h) const {
    Vector y(static_cast<std::size_t>(d_head_));
    for (std::int64_t j = 0; j < d_head_; ++j) {
      double sum = bias.empty() ? 0 : bias[static_cast<std::size_t>(h * d_head_ + j)];
      for (std::int64_t i = 0; i < d_model_; ++i) {
        sum += x[static_cast<std::size_t>(i)] * weights[static_cast<std::size_t>((h * d_model_ + i) * d_head_ + j)];
      }
      y[static_cast<std::size_t>(j)] = sum;
    }
    return y;
  }

  const TokenSequence& tokens_;
  std::int64_t d_model_, heads_, d_head_ = 0;
  Vector embedding_, positions_, query_, key_, query_bias_, key_bias_, gain_, shift_;
};

}  // namespace

AttentionPattern attention_pattern(const Engine& engine, const ResolvedConfig& config, const Task& task) {
  AttentionPattern pattern;
  if (config->model.architecture != "transformer" || task.n_inputs != 2) return pattern;
  const TokenSequence tokens(config->model, task);
  std::vector<std::int64_t> inputs;
  for (std::int64_t position = 0; position < tokens.positions(); ++position) {
    if (!tokens.constant(position)) inputs.push_back(position);
  }
  const bool asks = tokens.constant(tokens.positions() - 1);  // else the query is the second input itself
  if (inputs.size() != 2 || !asks) return pattern;
  const FirstBlock block(engine, config, tokens);
  pattern.heads = config->model.n_heads;
  const std::int64_t n = task.n_symbols;
  for (std::int64_t s = 0; s < n; ++s) {
    const auto at = static_cast<std::size_t>(s);
    pattern.first_names.push_back(at < task.symbol_names.size() ? task.symbol_names[at] : std::to_string(s));
  }
  pattern.second_names = pattern.first_names;
  for (std::int64_t h = 0; h < pattern.heads; ++h) {
    Vector first, second, constants;
    for (std::int64_t s = 0; s < n; ++s) {
      first.push_back(block.score(h, inputs[0], s));
      second.push_back(block.score(h, inputs[1], s));
    }
    for (std::int64_t position = 0; position < tokens.positions(); ++position) {
      if (tokens.constant(position)) constants.push_back(block.score(h, position, 0));
    }
    for (const double a : first) {
      for (const double b : second) {
        double top = std::max(a, b);
        for (const double c : constants) top = std::max(top, c);
        double sum = std::exp(a - top) + std::exp(b - top);
        for (const double c : constants) sum += std::exp(c - top);
        pattern.to_first.push_back(std::exp(a - top) / sum);
        pattern.to_second.push_back(std::exp(b - top) / sum);
      }
    }
  }
  return pattern;
}

}  // namespace groklab
