// What a loss is: a key's value and kernels on rows of logits. One source file describes each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/config/component.h"
#include "groklab/kernel/kernels.h"

namespace groklab {

struct LossDescriptor {
  ComponentSpec spec;  ///< chosen by "loss.kind"

  /// Its kernels: members of the table, or functions of its own over views.
  LossKernels<float> (*kernels_f32)(const Config& config, const Kernels<float>& kernels);
  LossKernels<double> (*kernels_f64)(const Config& config, const Kernels<double>& kernels);
};

/// All losses. Defined in components/table.cc.
const std::vector<const LossDescriptor*>& losses();

/// Those of the loss that loss.kind names. Throws Error(kConfig).
template <typename T>
LossKernels<T> loss_kernels_of(const Config& config, const Kernels<T>& kernels);

/// How many of these rows the mean loss over all of them leaves without any gradient: exactly 0 for every logit.
/// `logits` [rows, columns], as a network of the run's precision gives them; labels [rows].
std::int64_t rows_without_gradient(const Config& config, std::span<const double> logits, std::int64_t columns,
                                   std::span<const std::int32_t> labels);

}  // namespace groklab
