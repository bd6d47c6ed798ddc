// Dropout of hidden neurons (Srivastava et al. 2014), inverted: in every training step each neuron of each row is left
// out with probability `rate`, and those that stay are multiplied by 1 / (1 - rate); measurements see all of them.
#include "groklab/base/random.h"
#include "groklab/model/hidden_filter.h"

namespace groklab {

const HiddenFilterDescriptor& dropout_filter();

namespace {

constexpr const char* kRate = "regularizer.dropout.rate";

/// Neuron n of a row is left out if word n % 4 of the row's block n / 4 is below rate * 2^32.
template <typename T>
class Dropout final : public HiddenFilter<T> {
 public:
  Dropout(const Config& config, std::int64_t width)
      : seed_(static_cast<std::uint64_t>(config.seed)),
        width_(width),
        rate_(number_setting(config, kRate)),
        scale_(static_cast<T>(1.0 / (1.0 - rate_))) {}

  void forward(PanelView<T> hidden, const HiddenTile& tile) const override { multiply(hidden, tile); }
  void backward(PanelView<T> gradient, const HiddenTile& tile) const override { multiply(gradient, tile); }

 private:
  static constexpr std::int64_t kWords = 4;  // divides the width of every panel

  void multiply(PanelView<T> values, const HiddenTile& tile) const {
    for (std::size_t i = 0; i < tile.rows.size(); ++i) {
      for (std::int64_t position = 0; position < tile.positions; ++position) {
        T* row = values.data + (static_cast<std::int64_t>(i) * tile.positions + position) * values.row_stride;
        const std::int64_t key = tile.rows[i] * tile.positions + position;
        for (std::int64_t neuron = 0; neuron < tile.neurons; neuron += kWords) {
          multiply_block(row + (neuron / width_) * values.panel_stride + neuron % width_, key, neuron, tile);
        }
      }
    }
  }

  /// Four neurons at once. 20 bits for a quarter of 2^22 neurons, 30 for 4e6 rows of 64 positions, the rest for layers.
  void multiply_block(T* values, std::int64_t key, std::int64_t neuron, const HiddenTile& tile) const {
    const auto block = static_cast<std::uint64_t>(tile.layer << 50 | key << 20 | neuron / kWords);
    const auto words = random_words(seed_, StreamPurpose::kDropout, static_cast<std::uint32_t>(tile.step), block);
    for (std::int64_t j = 0; j < kWords && neuron + j < tile.neurons; ++j) {
      const bool stays = words[static_cast<std::size_t>(j)] * 0x1.0p-32 >= rate_;
      values[j] = stays ? values[j] * scale_ : T(0);
    }
  }

  std::uint64_t seed_;
  std::int64_t width_;
  double rate_;
  T scale_;
};

template <typename T>
std::unique_ptr<HiddenFilter<T>> make(const Config& config, std::int64_t width) {
  return std::make_unique<Dropout<T>>(config, width);
}

}  // namespace

const HiddenFilterDescriptor& dropout_filter() {
  static const HiddenFilterDescriptor descriptor = {
      .spec = {.choice = "",
               .name = "regularizer.dropout",
               .meaning = "Dropout of hidden neurons in training: each is left out with probability `rate`, the others "
                          "count 1 / (1 - rate) times",
               .uses = {},
               .keys = {number_key(kRate, 0.0, from_to_below(0, 1), "fraction of the neurons",
                                   "Probability that a training step leaves a hidden neuron out; 0 switches it off.")},
               .active = [](const Config& config) { return number_setting(config, kRate) > 0; }},
      .make_f32 = make<float>,
      .make_f64 = make<double>};
  return descriptor;
}

}  // namespace groklab
