// See loss.h.
#include "groklab/model/loss.h"

#include <algorithm>
#include <type_traits>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/tensor/buffer.h"

namespace groklab {

template <typename T>
LossKernels<T> loss_kernels_of(const Config& config, const Kernels<T>& kernels) {
  for (const LossDescriptor* loss : losses()) {
    if (loss->spec.name != config.loss.kind) continue;
    if constexpr (std::is_same_v<T, float>) {
      return loss->kernels_f32(config, kernels);
    } else {
      return loss->kernels_f64(config, kernels);
    }
  }
  fail(ErrorKind::kConfig, "loss.kind = {}: expected one of {}", config.loss.kind,
       join(component_names("loss.kind"), ", "));
}

namespace {

template <typename T>
std::int64_t count_without_gradient(const Config& config, std::span<const double> logits, std::int64_t columns,
                                    std::span<const std::int32_t> labels) {
  const Kernels<T>& kernels = best_kernels<T>();
  const LossKernels<T> loss = loss_kernels_of<T>(config, kernels);
  const std::int64_t width = kernels.width;
  const T cooled = static_cast<T>(1 / config.loss.temperature);
  const double scale = 1.0 / (static_cast<double>(labels.size()) * config.loss.temperature);
  AlignedBuffer<T> row((columns + width - 1) / width * width);  // one row's panels lie side by side
  std::int64_t count = 0;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const auto own = logits.subspan(r * static_cast<std::size_t>(columns), static_cast<std::size_t>(columns));
    for (std::int64_t c = 0; c < columns; ++c) row[c] = static_cast<T>(own[static_cast<std::size_t>(c)]) * cooled;
    loss.gradient({row.data(), width, width}, &labels[r], 1, columns, scale);
    count += std::all_of(row.data(), row.data() + columns, [](T x) { return x == 0; }) ? 1 : 0;
  }
  return count;
}

}  // namespace

std::int64_t rows_without_gradient(const Config& config, std::span<const double> logits, std::int64_t columns,
                                   std::span<const std::int32_t> labels) {
  return config.train.precision == Precision::kFloat32
             ? count_without_gradient<float>(config, logits, columns, labels)
             : count_without_gradient<double>(config, logits, columns, labels);
}

template LossKernels<float> loss_kernels_of(const Config&, const Kernels<float>&);
template LossKernels<double> loss_kernels_of(const Config&, const Kernels<double>&);

}  // namespace groklab
