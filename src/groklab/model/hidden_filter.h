// Changes to the hidden activations during training, such as dropout: what one is, and how a network calls it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "groklab/config/component.h"
#include "groklab/kernel/panel.h"

namespace groklab {

/// Where a tile of hidden activations stands.
struct HiddenTile {
  std::int64_t step = 0;               ///< the update that leaves this step is being computed
  std::int64_t layer = 0;              ///< hidden layer of an MLP, or MLP of a transformer's block
  std::span<const std::int64_t> rows;  ///< the task's rows, one after another ...
  std::int64_t positions = 1;          ///< ... each with so many rows of activations
  std::int64_t neurons = 0;            ///< columns
};

/// Applied behind the activation function of every hidden MLP layer while the gradient of an update is computed; never
/// to measurements, logits or probes. What it does to a row depends on (seed, step, layer, row, position) alone, so
/// that results depend neither on threads nor on tiles. It multiplies by numbers of at least 0: the backward pass of
/// ReLU reads the sign of the filtered activation. Several may be on: they are applied in the table's order.
template <typename T>
class HiddenFilter {
 public:
  virtual ~HiddenFilter() = default;
  /// Changes activations in place, panels of [rows.size() * positions, neurons].
  virtual void forward(PanelView<T> hidden, const HiddenTile& tile) const = 0;
  /// Turns the gradient of the filtered activations into that of the unfiltered ones, in place.
  virtual void backward(PanelView<T> gradient, const HiddenTile& tile) const = 0;
};

struct HiddenFilterDescriptor {
  ComponentSpec spec;  ///< switched on by its own keys

  /// `width`: columns of a panel.
  std::unique_ptr<HiddenFilter<float>> (*make_f32)(const Config& config, std::int64_t width);
  std::unique_ptr<HiddenFilter<double>> (*make_f64)(const Config& config, std::int64_t width);
};

/// All of them. Defined in components/table.cc.
const std::vector<const HiddenFilterDescriptor*>& hidden_filters();

/// The filters of one pass; without any, the networks compute what they compute without this.
template <typename T>
class HiddenFilters {
 public:
  HiddenFilters() = default;
  HiddenFilters(const Config& config, std::int64_t width);

  bool empty() const { return filters_.empty(); }
  void set_step(std::int64_t step) { step_ = step; }
  void forward(PanelView<T> hidden, HiddenTile tile) const {
    tile.step = step_;
    for (const auto& filter : filters_) filter->forward(hidden, tile);
  }
  void backward(PanelView<T> gradient, HiddenTile tile) const {
    tile.step = step_;
    for (auto filter = filters_.rbegin(); filter != filters_.rend(); ++filter) (*filter)->backward(gradient, tile);
  }

 private:
  std::vector<std::unique_ptr<HiddenFilter<T>>> filters_;
  std::int64_t step_ = 0;
};

/// What a hidden layer is given: which filters (nullptr: none) on which tile.
template <typename T>
struct FilteredTile {
  const HiddenFilters<T>* filters = nullptr;
  HiddenTile tile;

  void forward(PanelView<T> hidden) const {
    if (filters != nullptr) filters->forward(hidden, tile);
  }
  void backward(PanelView<T> gradient) const {
    if (filters != nullptr) filters->backward(gradient, tile);
  }
};

}  // namespace groklab
