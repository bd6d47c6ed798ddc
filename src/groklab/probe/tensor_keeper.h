// Tensors of an engine that are changed for a measurement and put back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "groklab/engine/engine.h"

namespace groklab {

/// Holds tensors of an engine and puts them back. The engine outlives it.
class TensorKeeper {
 public:
  explicit TensorKeeper(Engine& engine) : engine_(engine) {}
  ~TensorKeeper() {
    for (const auto& [name, values] : kept_) engine_.set_tensor(engine_.layout().at(name), values);
  }
  TensorKeeper(const TensorKeeper&) = delete;
  TensorKeeper& operator=(const TensorKeeper&) = delete;

  const std::vector<double>& keep(const std::string& name) {
    const auto found = kept_.find(name);
    if (found != kept_.end()) return found->second;
    return kept_.emplace(name, engine_.tensor(engine_.layout().at(name))).first->second;
  }

 private:
  Engine& engine_;
  std::map<std::string, std::vector<double>> kept_;
};

}  // namespace groklab
