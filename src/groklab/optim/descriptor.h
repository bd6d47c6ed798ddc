// How the parts of a training step describe themselves: what the configuration knows of them, and how they are made.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/kernel/kernels.h"
#include "groklab/tensor/buffer.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Numbers that a run keeps from step to step, one for each parameter and laid out like them.
template <typename T>
struct NamedBuffer {
  std::string name;  ///< reaches the disk: "adam.m"
  AlignedBuffer<T> values;
};
/// References stay valid as buffers are added.
template <typename T>
using StateBuffers = std::deque<NamedBuffer<T>>;

/// What the parts of a training step are made of. All of it outlives them.
template <typename T>
struct StepSetup {
  const Config& config;
  const ParameterLayout& layout;
  const Kernels<T>& kernels;
  StateBuffers<T>& buffers;

  /// A new buffer, all zero.
  AlignedBuffer<T>& add_buffer(std::string name) const {
    return buffers.emplace_back(NamedBuffer<T>{std::move(name), AlignedBuffer<T>(layout.total())}).values;
  }
};

/// A component that implements Interface<float> and Interface<double>.
template <template <typename> class Interface>
struct StepDescriptor {
  ComponentSpec spec;
  std::unique_ptr<Interface<float>> (*make_float)(const StepSetup<float>&);
  std::unique_ptr<Interface<double>> (*make_double)(const StepSetup<double>&);

  template <typename T>
  std::unique_ptr<Interface<T>> make(const StepSetup<T>& setup) const {
    if constexpr (std::is_same_v<T, float>) {
      return make_float(setup);
    } else {
      return make_double(setup);
    }
  }
};

/// The descriptor of a class template with a constructor from StepSetup.
template <template <typename> class Interface, template <typename> class Implementation>
StepDescriptor<Interface> describe(ComponentSpec spec) {
  return {std::move(spec),
          [](const StepSetup<float>& setup) -> std::unique_ptr<Interface<float>> {
            return std::make_unique<Implementation<float>>(setup);
          },
          [](const StepSetup<double>& setup) -> std::unique_ptr<Interface<double>> {
            return std::make_unique<Implementation<double>>(setup);
          }};
}

}  // namespace groklab
