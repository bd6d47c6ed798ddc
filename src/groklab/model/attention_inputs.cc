// See attention_inputs.h.
#include "groklab/model/attention_inputs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "groklab/model/blocks.h"
#include "groklab/model/rows.h"

namespace groklab {

AttentionSizes attention_sizes(const ModelConfig& config, const TokenSequence& tokens) {
  AttentionSizes sizes;
  sizes.heads = config.n_heads;
  sizes.d_head = config.d_head;
  sizes.d_model = config.d_model;
  sizes.slots = tokens.positions() - 1;
  for (std::int64_t slot = 0; slot < sizes.slots; ++slot) {
    const std::int64_t largest = tokens.token(slot, tokens.token_count(slot) - 1);
    sizes.token_rows = std::max(sizes.token_rows, largest + 1);
  }
  return sizes;
}

template <typename T>
AttentionInputs<T>::AttentionInputs(const AttentionSizes& sizes, const ParameterLayout& layout, MatrixSet<T>& matrices,
                                    const Kernels<T>& kernels)
    : sizes_(sizes), layout_(layout), matrices_(matrices), kernels_(kernels) {
  typename MatrixSet<T>::Use own_gradient;
  own_gradient.gradient = false;
  const std::int64_t d = sizes.d_model, rows = sizes.rows();
  for (std::int64_t h = 0; h < sizes.heads; ++h) {
    Head& head = heads_.emplace_back();
    head.w_v = matrices.add_matrix(one_head(layout.at("blocks.0.attn.W_V"), h), own_gradient);
    head.values = AlignedBuffer<T>(rows * padded(sizes.d_head));
    head.value_gradient = AlignedBuffer<T>(rows * padded(sizes.d_head));
    head.input_gradient = AlignedBuffer<T>(rows * padded(d));
    head.packed = AlignedBuffer<T>(d * padded(sizes.d_head));
    head.query.resize(static_cast<std::size_t>(sizes.d_head));
    head.key.resize(static_cast<std::size_t>(d));
    head.last_gradient.resize(static_cast<std::size_t>(d));
  }
  inputs_ = AlignedBuffer<T>(rows * padded(d));
  last_input_ = AlignedBuffer<T>(padded(d));
  packed_keys_ = AlignedBuffer<T>(d * padded(sizes.heads));
  transposed_keys_ = AlignedBuffer<T>(sizes.heads * padded(d));
  key_gradient_ = AlignedBuffer<T>(d * padded(sizes.heads));
  score_input_gradient_ = AlignedBuffer<T>(rows * padded(d));
  score_panels_ = AlignedBuffer<T>(rows * padded(sizes.heads));
  row_slopes_ = AlignedBuffer<T>(rows * padded(sizes.heads));
  score_table_ = AlignedBuffer<T>(score_rows() * sizes.heads);
}

template <typename T>
std::int64_t AttentionInputs<T>::head_at(const char* name, std::int64_t index) const {
  const TensorSpec& spec = layout_.at(std::string("blocks.0.attn.") + name);
  return spec.offset + index * (spec.size / sizes_.heads);
}

template <typename T>
PanelView<const T> AttentionInputs<T>::values(std::int64_t head) const {
  return rows_view(heads_[static_cast<std::size_t>(head)].values);
}

template <typename T>
PanelView<T> AttentionInputs<T>::value_gradient(std::int64_t head) {
  return rows_view(heads_[static_cast<std::size_t>(head)].value_gradient);
}

template <typename T>
void AttentionInputs<T>::prepare_rows(const T* parameters) {
  parameters_ = parameters;
  const std::int64_t d = sizes_.d_model, width = kernels_.width;
  const TensorSpec& embed = layout_.at("embed.W_E");
  const T* w_e = parameters + embed.offset;
  const T* w_pos = parameters + layout_.at("pos_embed.W_pos").offset;
  const T* last_token = w_e + (embed.shape[0] - 1) * d;  // "=" is the last of the vocabulary
  for (std::int64_t k = 0; k < d; ++k) last_input_[k] = last_token[k] + w_pos[sizes_.slots * d + k];
  const PanelView<T> inputs = rows_view(inputs_);
  for (std::int64_t token = 0; token < sizes_.token_rows; ++token) {
    put_row(inputs, token, w_e + token * d, d, width, false);
  }
  for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
    put_row(inputs, sizes_.position_row(slot), w_pos + slot * d, d, width, false);
  }
  put_row(inputs, sizes_.last_row(), last_input_.data(), d, width, false);
}

template <typename T>
void AttentionInputs<T>::prepare_head(std::int64_t index) {
  Head& head = heads_[static_cast<std::size_t>(index)];
  const std::int64_t d = sizes_.d_model, e = sizes_.d_head;
  const T* w_q = parameters_ + head_at("W_Q", index);
  const T* w_k = parameters_ + head_at("W_K", index);
  const bool has_bias = layout_.find("blocks.0.attn.b_Q") != nullptr;
  for (std::int64_t j = 0; j < e; ++j) {
    head.query[static_cast<std::size_t>(j)] = has_bias ? parameters_[head_at("b_Q", index) + j] : T(0);
  }
  T* const query = head.query.data();
  for (std::int64_t k = 0; k < d; ++k) {
    const T x = last_input_[k];
    for (std::int64_t j = 0; j < e; ++j) query[j] += x * w_q[k * e + j];
  }
  const T scale = T(1) / std::sqrt(static_cast<T>(e));
  for (std::int64_t k = 0; k < d; ++k) {
    T sum = T(0);
    for (std::int64_t j = 0; j < e; ++j) sum += w_k[k * e + j] * query[j];
    head.key[static_cast<std::size_t>(k)] = scale * sum;
  }
  const PanelView<T> values = rows_view(head.values);
  kernels_.nn(values, rows_view(std::as_const(inputs_)), matrices_.packed(head.w_v), sizes_.rows(), e, d,
              Epilogue<T>{});
  // In the rows of positions and of the last input, so that it cancels in a token's difference to the last input.
  for (std::int64_t row = sizes_.token_rows; has_bias && row < sizes_.rows(); ++row) {
    put_row(values, row, parameters_ + head_at("b_V", index), e, kernels_.width, true);
  }
}

template <typename T>
void AttentionInputs<T>::prepare_scores() {
  const std::int64_t width = kernels_.width, heads = sizes_.heads, d = sizes_.d_model;
  for (std::int64_t h = 0; h < heads; ++h) {
    const T* key = heads_[static_cast<std::size_t>(h)].key.data();
    T* column = packed_keys_.data() + (h / width) * d * width + h % width;
    for (std::int64_t k = 0; k < d; ++k) {
      column[k * width] = key[k];
      transposed_keys_[(k / width) * heads * width + h * width + k % width] = key[k];
    }
  }
  const PanelView<T> scores = rows_view(score_panels_);
  kernels_.nn(scores, rows_view(std::as_const(inputs_)), packed_keys_.data(), sizes_.rows(), heads, d, Epilogue<T>{});
  const auto score = [&](std::int64_t row, std::int64_t h) {
    return scores.data[(h / width) * scores.panel_stride + row * width + h % width];
  };
  T* to = score_table_.data();
  for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
    for (std::int64_t token = 0; token < sizes_.token_rows; ++token) {
      for (std::int64_t h = 0; h < heads; ++h) *to++ = score(token, h) + score(sizes_.position_row(slot), h);
    }
  }
  for (std::int64_t h = 0; h < heads; ++h) *to++ = score(sizes_.last_row(), h);
}

template <typename T>
void AttentionInputs<T>::collect_values(Head& head, std::int64_t index, T* gradient) const {
  const std::int64_t d = sizes_.d_model, e = sizes_.d_head, width = kernels_.width;
  const PanelView<const T> d_values = rows_view(std::as_const(head.value_gradient));
  kernels_.tn(head.packed.data(), rows_view(inputs_), d_values, sizes_.rows(), e, d, false);
  const BlockedView<T> target{gradient + head_at("W_V", index), e, e, 0};
  for (std::int64_t col = 0; col < e; col += width) {
    unpack_panel(target, head.packed.data() + col * d, d, col, e, width, false);
  }
  kernels_.nn(rows_view(head.input_gradient), d_values, matrices_.packed_transposed(head.w_v), sizes_.rows(), d, e,
              Epilogue<T>{});
  if (layout_.find("blocks.0.attn.b_V") == nullptr) return;
  T* d_b_v = gradient + head_at("b_V", index);
  for (std::int64_t j = 0; j < e; ++j) {
    d_b_v[j] = T(0);
    for (std::int64_t row = sizes_.token_rows; row < sizes_.rows(); ++row) {
      d_b_v[j] += d_values.data[(j / width) * d_values.panel_stride + row * width + j % width];
    }
  }
}

template <typename T>
void AttentionInputs<T>::collect_scores(const T* score_gradient) {
  const std::int64_t width = kernels_.width, tokens = sizes_.token_rows;
  for (std::int64_t first = 0; first < sizes_.heads; first += width) {
    const T* sums = score_gradient + first * score_rows();
    T* const slopes = row_slopes_.data() + first * sizes_.rows();
    std::fill(slopes, slopes + sizes_.last_row() * width, T(0));
    for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
      T* const of_position = slopes + sizes_.position_row(slot) * width;
      for (std::int64_t token = 0; token < tokens; ++token, sums += width) {
        for (std::int64_t h = 0; h < width; ++h) {
          slopes[token * width + h] += sums[h];
          of_position[h] += sums[h];
        }
      }
    }
    std::copy(sums, sums + width, slopes + sizes_.last_row() * width);
  }
  const PanelView<const T> slopes = rows_view(std::as_const(row_slopes_));
  kernels_.tn(key_gradient_.data(), rows_view(std::as_const(inputs_)), slopes, sizes_.rows(), sizes_.heads,
              sizes_.d_model, false);
  kernels_.nn(rows_view(score_input_gradient_), slopes, transposed_keys_.data(), sizes_.rows(), sizes_.d_model,
              sizes_.heads, Epilogue<T>{});
}

template <typename T>
void AttentionInputs<T>::collect_query(Head& head, std::int64_t index, T* gradient) const {
  const std::int64_t d = sizes_.d_model, e = sizes_.d_head, width = kernels_.width;
  const T* const d_key = key_gradient_.data() + (index / width) * d * width + index % width;
  const T scale = T(1) / std::sqrt(static_cast<T>(e));
  const T* w_q = parameters_ + head_at("W_Q", index);
  const T* w_k = parameters_ + head_at("W_K", index);
  T* d_w_q = gradient + head_at("W_Q", index);
  T* d_w_k = gradient + head_at("W_K", index);
  std::vector<T> d_query(static_cast<std::size_t>(e), T(0));
  for (std::int64_t k = 0; k < d; ++k) {
    const T slope = scale * d_key[k * width];
    for (std::int64_t j = 0; j < e; ++j) {
      d_w_k[k * e + j] = slope * head.query[static_cast<std::size_t>(j)];
      d_query[static_cast<std::size_t>(j)] += slope * w_k[k * e + j];
    }
  }
  for (std::int64_t k = 0; k < d; ++k) {
    const T x = last_input_[k];
    T sum = T(0);
    for (std::int64_t j = 0; j < e; ++j) {
      d_w_q[k * e + j] = x * d_query[static_cast<std::size_t>(j)];
      sum += w_q[k * e + j] * d_query[static_cast<std::size_t>(j)];
    }
    head.last_gradient[static_cast<std::size_t>(k)] = sum;
  }
  if (layout_.find("blocks.0.attn.b_Q") == nullptr) return;
  T* d_b_q = gradient + head_at("b_Q", index);
  T* d_b_k = gradient + head_at("b_K", index);
  for (std::int64_t j = 0; j < e; ++j) {
    d_b_q[j] = d_query[static_cast<std::size_t>(j)];
    d_b_k[j] = T(0);  // exactly: softmax ignores b_K
  }
}

template <typename T>
void AttentionInputs<T>::collect_head(std::int64_t index, T* gradient) {
  Head& head = heads_[static_cast<std::size_t>(index)];
  collect_values(head, index, gradient);
  collect_query(head, index, gradient);
}

template <typename T>
void AttentionInputs<T>::collect_embeddings(T* gradient, std::int64_t col, const T* direct) const {
  const std::int64_t width = kernels_.width, d = sizes_.d_model, part = std::min(width, d - col);
  const TensorSpec& embed = layout_.at("embed.W_E");
  T* const d_embed = gradient + embed.offset + col;
  T* const d_pos = gradient + layout_.at("pos_embed.W_pos").offset + col;
  const auto sum_of_heads = [&](std::int64_t row, T* sum) {
    const T* of_scores = score_input_gradient_.data() + col * sizes_.rows() + row * width;
    for (std::int64_t j = 0; j < part; ++j) sum[j] = of_scores[j];
    for (const Head& head : heads_) {
      const T* of_head = head.input_gradient.data() + col * sizes_.rows() + row * width;
      for (std::int64_t j = 0; j < part; ++j) sum[j] += of_head[j];
    }
  };
  for (std::int64_t token = 0; token < embed.shape[0]; ++token) {
    if (token < sizes_.token_rows) {
      sum_of_heads(token, d_embed + token * d);
    } else {
      for (std::int64_t j = 0; j < part; ++j) d_embed[token * d + j] = T(0);
    }
  }
  T* const last = d_pos + sizes_.slots * d;
  sum_of_heads(sizes_.last_row(), last);
  for (std::int64_t j = 0; j < part; ++j) last[j] += direct[col + j];
  for (const Head& head : heads_) {
    for (std::int64_t j = 0; j < part; ++j) last[j] += head.last_gradient[static_cast<std::size_t>(col + j)];
  }
  for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
    sum_of_heads(sizes_.position_row(slot), d_pos + slot * d);
  }
  T* const last_token = d_embed + (embed.shape[0] - 1) * d;
  for (std::int64_t j = 0; j < part; ++j) last_token[j] += last[j];
}

template class AttentionInputs<float>;
template class AttentionInputs<double>;

}  // namespace groklab
