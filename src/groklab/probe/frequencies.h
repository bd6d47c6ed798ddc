// Which components of the task's group carry the logits and the embedding.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "groklab/probe/task_group.h"
#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

/// A component is a key if it has more than this many times the fraction that its number of basis functions would give
/// it. 2: noise on all of them makes none (fractions of a random embedding of 113 symbols in 128 dimensions scatter by
/// 9 %), and the two or three keys of the networks that we looked at have ten times that fraction.
inline constexpr double kKeyFactor = 2.0;

/// Places of the keys among the components without the trivial one, largest first.
std::vector<std::int64_t> key_components(const GroupBasis& basis, std::span<const double> fractions);

/// Gini's coefficient of non-negative numbers: sum_i (2 i - n - 1) x_(i) / (n sum x), i = 1..n ascending.
double gini(std::vector<double> values);

/// Squared norm of L_gen by component, as fractions without the trivial one.
/// If the label is a product, L_gen is a function F of x^-1 c y^-1 (the mean over all cells of equal value), and the
/// fractions are F's. Otherwise `invariant` (the invariant part, [n_rows, n_classes]) is split along its classes, which
/// commutes with the symmetry. Empty if `invariant` is empty and the label is no product.
std::vector<double> logit_fractions(const TaskGroup& group, const Task& task, std::span<const double> logits,
                                    std::span<const double> invariant);

/// Adds fractions and Gini coefficient of an embedding [n_symbols, d_model] to `m`.
void measure_embedding(const TaskGroup& group, std::span<const double> embedding, std::int64_t d_model,
                       FrequencyMetrics& m);

/// The mean logits and what the key components of the label add to them, [n_rows, n_classes] (Nanda et al. 2023's
/// restricted logits, for any group). Rows without an element get the mean.
std::vector<double> restricted_logits(const TaskGroup& group, const Task& task, std::span<const double> logits,
                                      std::span<const std::int64_t> keys);

/// All of it. `keys` of the losses are those of the logits, or of the embedding where no symmetry is known.
/// logits, invariant: [n_rows, n_classes]; invariant may be empty.
FrequencyMetrics measure_frequencies(const TaskGroup& group, const Task& task, const Split& split,
                                     std::span<const double> logits, std::span<const double> invariant,
                                     std::span<const double> embedding, std::int64_t d_model);

}  // namespace groklab
