// The text of every enumeration of the configuration, as TOML, JSON and the store spell it.
// These names reach the disk: never rename one, and keep each list in the order of its enumerators.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "groklab/config.h"

namespace groklab {

template <typename E>
struct EnumNames;  // specialised below; `values[i]` is the name of the enumerator with value i

template <>
struct EnumNames<GroupKind> {
  static constexpr std::array<std::string_view, 4> values = {"cyclic", "dihedral", "symmetric", "alternating"};
};
template <>
struct EnumNames<Composition> {
  static constexpr std::array<std::string_view, 2> values = {"right_first", "left_first"};
};
template <>
struct EnumNames<LabelKind> {
  static constexpr std::array<std::string_view, 4> values = {"true", "random", "random_commutative", "corrupted"};
};
template <>
struct EnumNames<SplitMethod> {
  static constexpr std::array<std::string_view, 3> values = {"philox", "torch_randperm", "file"};
};
template <>
struct EnumNames<Activation> {
  static constexpr std::array<std::string_view, 3> values = {"relu", "gelu", "quadratic"};
};
template <>
struct EnumNames<LayerNormKind> {
  static constexpr std::array<std::string_view, 3> values = {"none", "pre", "post"};
};
template <>
struct EnumNames<Biases> {
  static constexpr std::array<std::string_view, 3> values = {"none", "mlp", "all"};
};
template <>
struct EnumNames<EmbeddingCombination> {
  static constexpr std::array<std::string_view, 2> values = {"concatenate", "sum"};
};
template <>
struct EnumNames<InitKind> {
  static constexpr std::array<std::string_view, 2> values = {"paper", "torch"};
};
template <>
struct EnumNames<ComputePath> {
  static constexpr std::array<std::string_view, 4> values = {"auto", "general", "residual", "tables"};
};
template <>
struct EnumNames<LossForm> {
  static constexpr std::array<std::string_view, 2> values = {"stable", "framework"};
};
template <>
struct EnumNames<LossPrecision> {
  static constexpr std::array<std::string_view, 5> values = {"run", "float16", "bfloat16", "float32", "float64"};
};
template <>
struct EnumNames<LossRounding> {
  static constexpr std::array<std::string_view, 3> values = {"results", "sums", "operations"};
};
template <>
struct EnumNames<Schedule> {
  static constexpr std::array<std::string_view, 2> values = {"constant", "cosine"};
};
template <>
struct EnumNames<Precision> {
  static constexpr std::array<std::string_view, 2> values = {"float32", "float64"};
};

template <typename E>
constexpr std::string_view enum_name(E value) {
  return EnumNames<E>::values.at(static_cast<std::size_t>(value));
}

template <typename E>
constexpr std::optional<E> enum_from_name(std::string_view name) {
  for (std::size_t i = 0; i < EnumNames<E>::values.size(); ++i) {
    if (EnumNames<E>::values[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace groklab
