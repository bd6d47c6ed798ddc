// The four forms of the precomputed step, mixed ones too, against the general path: logits, neurons and gradients.
#include "groklab/model/precomputed_transformer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "groklab/model/general_transformer.h"
#include "groklab/model/loss.h"

namespace groklab {
namespace {

/// Numbers of a step of a network on all of a task's rows, in float64.
struct Step {
  std::vector<double> logits, neurons, gradient;
};

Step step_of(Network<double>& network, const Config& config, const Task& task, const std::vector<double>& weights) {
  const Kernels<double>& k = best_kernels<double>();
  ThreadPool pool(2);
  AlignedBuffer<double> parameters(network.layout().total());
  std::copy(weights.begin(), weights.end(), parameters.data());
  network.prepare(parameters.data(), pool);
  Scratch<double> scratch = network.make_scratch();
  std::vector<AlignedBuffer<double>> chunks;
  std::vector<double*> accumulators;
  Step step;
  const LossKernels<double> loss = loss_kernels_of<double>(config, k);
  const auto copy = [&](std::vector<double>& to, PanelView<const double> from, std::int64_t rows, std::int64_t n) {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < n; ++c) {
        to.push_back(from.data[c / k.width * from.panel_stride + r * from.row_stride + c % k.width]);
      }
    }
  };
  for (int chunk = 0; chunk < 2; ++chunk) {  // two chunks of several tiles
    double* const accumulator = chunks.emplace_back(network.accumulator_size()).data();
    const std::int64_t begin = task.n_rows * chunk / 2, end = task.n_rows * (chunk + 1) / 2;
    const std::int64_t height = std::min<std::int64_t>(network.tile_rows(), 19);
    network.clear_accumulator(accumulator);
    for (std::int64_t first = begin; first < end; first += height) {
      std::vector<std::int64_t> rows;
      std::vector<std::int32_t> labels;
      for (std::int64_t row = first; row < std::min(end, first + height); ++row) {
        rows.push_back(row);
        labels.push_back(task.labels[static_cast<std::size_t>(row)]);
      }
      const auto count = static_cast<std::int64_t>(rows.size());
      const PanelView<double> logits = network.forward(rows, scratch, nullptr);
      copy(step.logits, {logits.data, logits.row_stride, logits.panel_stride}, count, network.classes());
      copy(step.neurons, network.neurons(scratch), count, network.neuron_count());
      loss.gradient(logits, labels.data(), count, network.classes(), 1.0 / static_cast<double>(task.n_rows));
      network.backward(rows, scratch, accumulator, first == begin, nullptr);
    }
    accumulators.push_back(accumulator);
  }
  AlignedBuffer<double> gradient(network.layout().total());
  network.collect(gradient.data(), accumulators, pool);
  step.gradient.assign(gradient.data(), gradient.data() + gradient.size());
  return step;
}

double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(difference / norm);
}

struct Option {
  const char* name;
  std::vector<const char*> settings;
};
void PrintTo(const Option& option, std::ostream* out) { *out << option.name; }

class PrecomputedForms : public ::testing::TestWithParam<Option> {};

// Catches: a gradient that a mixed form forgets, shares that the second output overwrites, a bias that enters one form
// only, a position's row that is not subtracted again.
TEST_P(PrecomputedForms, AgreeWithTheGeneralPath) {
  Config config;
  for (const char* s : {"task.modulus=7", "model.d_model=12", "model.n_heads=3", "model.d_mlp=37"}) {
    set_config_value(config, s);
  }
  for (const char* s : GetParam().settings) set_config_value(config, s);
  const ResolvedConfig resolved = resolve_config(config);
  const ModelConfig& model = resolved->model;
  const Task task = make_task(resolved);
  const TokenSequence tokens(model, task);
  const ModelSizes sizes = model_sizes(model, task);
  const Kernels<double>& k = best_kernels<double>();
  const auto general = make_general_transformer<double>(model, tokens, sizes, k);
  // Biases start at 0, where a wrong gradient can hide: every parameter is moved.
  std::vector<double> weights = initial_parameters(model, sizes, general->layout(), 3);
  for (const TensorSpec& spec : general->layout().tensors()) {
    for (std::int64_t i = 0; i < spec.size; ++i) {
      weights[static_cast<std::size_t>(spec.offset + i)] += 0.3 * std::sin(1.7 * static_cast<double>(spec.offset + i));
    }
  }
  const Step expected = step_of(*general, *resolved, task, weights);
  for (const bool input_tables : {false, true}) {
    for (const bool folded_output : {false, true}) {
      SCOPED_TRACE(std::string(input_tables ? "tables to the neurons" : "W_in on every row") +
                   (folded_output ? ", folded output" : ", residual output"));
      const auto network = make_precomputed_transformer<double>(model, tokens, sizes, {input_tables, folded_output}, k);
      const Step found = step_of(*network, *resolved, task, weights);
      EXPECT_LT(relative_difference(found.logits, expected.logits), 1e-13);
      EXPECT_LT(relative_difference(found.neurons, expected.neurons), 1e-13);
      EXPECT_LT(relative_difference(found.gradient, expected.gradient), 2e-13);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Options, PrecomputedForms,
    ::testing::Values(Option{"mlp_biases", {}}, Option{"no_biases", {"model.biases=none"}},
                      Option{"all_biases_gelu", {"model.biases=all", "model.activation=gelu"}},
                      Option{"quadratic_squared_loss",
                             {"model.biases=all", "model.activation=quadratic", "loss.kind=mean_squared"}},
                      Option{"tied", {"model.tied_embeddings=true", "model.biases=all"}},
                      Option{"four_tokens", {"model.input_tokens=4", "model.biases=all"}},
                      Option{"one_head", {"model.n_heads=1"}}, Option{"six_heads", {"model.n_heads=6"}},
                      Option{"more_logits", {"model.d_vocab_out=35", "model.biases=all"}},
                      Option{"more_tokens", {"model.d_vocab=9"}},
                      Option{"wide_heads", {"model.d_model=80", "model.n_heads=2", "model.d_mlp=130"}},
                      Option{"parity", {"task.operation=parity", "task.parity_bits=6", "task.parity_subset=3"}},
                      Option{"framework_loss", {"loss.form=framework"}}),
    [](const ::testing::TestParamInfo<Option>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace groklab
