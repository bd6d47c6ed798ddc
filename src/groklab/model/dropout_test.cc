// Dropout: its masks, its gradient with the masks held, and what must not see it.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "groklab/engine/engine.h"
#include "groklab/model/hidden_filter.h"
#include "groklab/model/loss.h"
#include "groklab/model/network.h"

namespace groklab {
namespace {

ResolvedConfig config_of(const std::vector<const char*>& settings, const char* rate = "regularizer.dropout.rate=0.3") {
  Config config;
  for (const char* s : {"task.modulus=5", "split.train_size=17", "model.d_model=8", "model.n_heads=2", "model.d_mlp=14",
                        "train.precision=float64"}) {
    set_config_value(config, s);
  }
  for (const char* s : settings) set_config_value(config, s);
  set_config_value(config, rate);
  return resolve_config(config);
}

/// One layer's ones after the filter, [rows, neurons].
std::vector<double> mask(const ResolvedConfig& config, const HiddenTile& tile) {
  constexpr std::int64_t kWidth = 8;
  const auto count = static_cast<std::int64_t>(tile.rows.size()) * tile.positions;
  const std::int64_t panels = (tile.neurons + kWidth - 1) / kWidth;
  std::vector<double> numbers(static_cast<std::size_t>(panels * kWidth * count), 1.0);
  HiddenFilters<double> filters(*config, kWidth);
  filters.set_step(tile.step);
  filters.forward({numbers.data(), kWidth, kWidth * count}, tile);
  std::vector<double> values;
  for (std::int64_t r = 0; r < count; ++r) {
    for (std::int64_t c = 0; c < tile.neurons; ++c) {
      values.push_back(numbers[static_cast<std::size_t>((c / kWidth) * kWidth * count + r * kWidth + c % kWidth)]);
    }
  }
  return values;
}

TEST(Dropout, LeavesOutItsFractionAndScalesTheRest) {
  std::vector<std::int64_t> rows(100);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(3 * i);
  const auto values = mask(config_of({}), {.step = 4, .rows = rows, .neurons = 101});
  std::int64_t out = 0;
  for (const double v : values) {
    if (v == 0)
      ++out;
    else
      EXPECT_EQ(v, 1.0 / 0.7);
  }
  // Binomial of 10,100 trials: a standard deviation of 0.0046.
  EXPECT_NEAR(static_cast<double>(out) / static_cast<double>(values.size()), 0.3, 5 * 0.0046);
}

TEST(Dropout, MasksFollowSeedStepLayerRowAndPosition) {
  const std::vector<std::int64_t> rows = {3, 4}, later = {4};
  const HiddenTile tile = {.step = 4, .layer = 0, .rows = rows, .positions = 2, .neurons = 64};
  const auto all = mask(config_of({}), tile);
  HiddenTile one = tile;
  one.rows = later;  // a row's mask is the same in another tile
  EXPECT_EQ(mask(config_of({}), one), std::vector<double>(all.begin() + 128, all.end()));
  HiddenTile step = tile, layer = tile;
  step.step = 5;
  layer.layer = 1;
  EXPECT_NE(mask(config_of({}), step), all);
  EXPECT_NE(mask(config_of({}), layer), all);
  EXPECT_NE(mask(config_of({"seed=1"}), tile), all);
  const std::vector<double> first(all.begin(), all.begin() + 64), second(all.begin() + 64, all.begin() + 128);
  EXPECT_NE(first, second);  // the two positions of one row
}

/// A network in float64 with its masks held, as a function of its parameters.
class HeldNetwork {
 public:
  explicit HeldNetwork(const ResolvedConfig& config)
      : task_(make_task(config)),
        split_(make_split(config, task_)),
        pool_(1),
        network_(make_network<double>(config, task_, task_.n_rows, best_kernels<double>())),
        loss_(loss_kernels_of<double>(*config, best_kernels<double>())),
        filters_(*config, best_kernels<double>().width),
        scratch_(network_->make_scratch()),
        parameters(network_->layout().total()) {
    filters_.set_step(7);
    const auto start = initial_parameters(config->model, model_sizes(config->model, task_), network_->layout(), 0);
    for (std::int64_t i = 0; i < parameters.size(); ++i) {
      parameters[i] = start[static_cast<std::size_t>(i)] + 0.2 * std::sin(1.7 * static_cast<double>(i));
    }
    for (const std::int64_t row : split_.train) labels_.push_back(task_.labels[static_cast<std::size_t>(row)]);
  }

  const ParameterLayout& layout() const { return network_->layout(); }
  double loss() {
    const PanelView<double> logits = forward();
    std::vector<RowStatistics> rows(labels_.size());
    loss_.statistics(rows.data(), {logits.data, logits.row_stride, logits.panel_stride}, labels_.data(), count(),
                     network_->classes());
    double sum = 0;
    for (const RowStatistics& row : rows) sum += row.loss;
    return sum / static_cast<double>(count());
  }
  std::vector<double> gradient() {
    const PanelView<double> logits = forward();
    loss_.gradient(logits, labels_.data(), count(), network_->classes(), 1.0 / static_cast<double>(count()));
    AlignedBuffer<double> sums(network_->accumulator_size()), all(layout().total());
    network_->clear_accumulator(sums.data());
    network_->backward(split_.train, scratch_, sums.data(), true, &filters_);
    double* const parts[1] = {sums.data()};
    network_->collect(all.data(), parts, pool_);
    return {all.data(), all.data() + all.size()};
  }

 private:
  std::int64_t count() const { return static_cast<std::int64_t>(labels_.size()); }
  PanelView<double> forward() {
    network_->prepare(parameters.data(), pool_);
    return network_->forward(split_.train, scratch_, &filters_);
  }

  Task task_;
  Split split_;
  ThreadPool pool_;
  std::unique_ptr<Network<double>> network_;
  LossKernels<double> loss_;
  HiddenFilters<double> filters_;
  Scratch<double> scratch_;
  std::vector<std::int32_t> labels_;

 public:
  AlignedBuffer<double> parameters;
};

TEST(Dropout, GradientsAgreeWithFiniteDifferencesWhileTheMaskIsHeld) {
  const std::vector<std::vector<const char*>> networks = {
      {},
      {"model.activation=gelu", "model.biases=all"},
      {"model.path=general"},
      {"model.n_layers=2", "model.layer_norm=pre"},
      {"model.n_layers=2", "model.layer_norm=post", "model.activation=gelu"},
      {"model.architecture=mlp", "model.n_layers=2"},
      {"model.architecture=mlp", "model.n_layers=2", "model.activation=quadratic"}};
  for (const auto& settings : networks) {
    HeldNetwork network(config_of(settings));
    const std::vector<double> gradient = network.gradient();
    double difference = 0, norm = 0;
    for (const TensorSpec& spec : network.layout().tensors()) {
      for (std::int64_t i = spec.offset; i < spec.offset + spec.size; ++i) {
        const double start = network.parameters[i], h = 2e-5;
        const auto loss_at = [&](double value) {
          network.parameters[i] = value;
          return network.loss();
        };
        const double slope =
            (8.0 * (loss_at(start + h) - loss_at(start - h)) - (loss_at(start + 2 * h) - loss_at(start - 2 * h))) /
            (12.0 * h);
        network.parameters[i] = start;
        const double own = gradient[static_cast<std::size_t>(i)];
        difference += (own - slope) * (own - slope);
        norm += slope * slope;
      }
    }
    EXPECT_LT(std::sqrt(difference / norm), 1e-6) << (settings.empty() ? "precomputed" : settings[0]);
  }
}

struct Lab {
  explicit Lab(const ResolvedConfig& config, int threads = 1)
      : task(make_task(config)),
        split(make_split(config, task)),
        pool(threads),
        engine(make_engine(config, task, split, pool)) {
    engine->initialise();
  }
  std::vector<std::byte> parameters_after(std::int64_t steps) {
    engine->advance(steps);
    return engine->export_state().parameters;
  }
  Task task;
  Split split;
  ThreadPool pool;
  std::unique_ptr<Engine> engine;
};

TEST(Dropout, BitsDoNotDependOnThreads) {
  const std::vector<const char*> larger = {"task.modulus=29", "split.train_size=700", "train.precision=float32"};
  const auto one = Lab(config_of(larger), 1).parameters_after(12);
  EXPECT_EQ(one, Lab(config_of(larger), 3).parameters_after(12));
  EXPECT_NE(one, Lab(config_of(larger, "regularizer.dropout.rate=0.31"), 1).parameters_after(12));
}

TEST(Dropout, PathsAgreeBecauseTheirMasksDo) {
  Lab fast(config_of({})), general(config_of({"model.path=general"}));
  fast.engine->advance(20);
  general.engine->advance(20);
  const auto rows = all_rows(fast.task);
  const auto a = fast.engine->logits(rows), b = general.engine->logits(rows);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-9);
}

TEST(Dropout, MeasurementsSeeTheWholeNetwork) {
  Lab with(config_of({})), without(config_of({}, "regularizer.dropout.rate=0"));
  EXPECT_EQ(with.engine->measure().train.loss, without.engine->measure().train.loss);
  EXPECT_EQ(with.engine->logits(all_rows(with.task)), without.engine->logits(all_rows(without.task)));
  EXPECT_NE(with.parameters_after(1), without.parameters_after(1));  // control: training sees it
}

}  // namespace
}  // namespace groklab
