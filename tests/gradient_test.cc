// Central differences in float64 confirm every parameter's gradient for every architecture and loss option.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine_fixture.h"

namespace groklab {
namespace {

using testing::Lab;
using testing::small_config;

/// Largest relative error over the tensors, ||g - fd|| / ||fd||. `corrupt` multiplies one tensor's gradient.
double gradient_error(const Config& config, const std::string& corrupt = "", double factor = 1.0) {
  Lab lab(config);
  Engine& engine = *lab.engine;
  // Biases and LayerNorm start at 0 and 1, where wrong gradients can hide: move all parameters off their start.
  double shift = 0.3;
  for (const TensorSpec& spec : engine.layout().tensors()) {
    std::vector<double> values = engine.tensor(spec);
    for (double& v : values) v += 0.2 * std::sin(shift += 1.7);
    engine.set_tensor(spec, values);
  }
  std::vector<double> gradient;
  engine.loss_and_gradient(gradient);
  double total = 0;  // gradients that vanish exactly (b_K) are judged against the whole gradient
  for (const double g : gradient) total += g * g;
  double worst = 0;
  for (const TensorSpec& spec : engine.layout().tensors()) {
    std::vector<double> values = engine.tensor(spec);
    double difference = 0, norm = 0;
    for (std::int64_t i = 0; i < spec.size; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double start = values[at], h = 2e-5;
      const auto loss_at = [&](double value) {
        values[at] = value;
        engine.set_tensor(spec, values);
        return engine.measure().train.loss;
      };
      const double slope =
          (8.0 * (loss_at(start + h) - loss_at(start - h)) - (loss_at(start + 2 * h) - loss_at(start - 2 * h))) /
          (12.0 * h);
      values[at] = start;
      const double own = gradient[static_cast<std::size_t>(spec.offset + i)] * (spec.name == corrupt ? factor : 1.0);
      difference += (own - slope) * (own - slope);
      norm += slope * slope;
    }
    engine.set_tensor(spec, values);
    worst = std::max(worst, std::sqrt(difference / std::max(norm, 1e-6 * total)));
  }
  return worst;
}

struct Option {
  const char* name;
  std::vector<const char*> settings;
};

void PrintTo(const Option& option, std::ostream* out) { *out << option.name; }

class Gradient : public ::testing::TestWithParam<Option> {};

TEST_P(Gradient, AgreesWithFiniteDifferences) {
  Config config;
  for (const char* s : {"task.modulus=5", "split.train_size=17", "model.d_model=8", "model.n_heads=2", "model.d_mlp=12",
                        "train.precision=float64"}) {
    set_config_value(config, s);
  }
  for (const char* s : GetParam().settings) set_config_value(config, s);
  EXPECT_LT(gradient_error(config), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(
    Options, Gradient,
    ::testing::Values(
        Option{"residual", {"model.path=residual"}},
        Option{"residual_no_biases", {"model.path=residual", "model.biases=none"}},
        Option{"residual_all_biases", {"model.path=residual", "model.biases=all"}},
        Option{"residual_gelu", {"model.path=residual", "model.activation=gelu"}},
        Option{"residual_quadratic", {"model.path=residual", "model.activation=quadratic", "model.biases=all"}},
        Option{"residual_tied", {"model.path=residual", "model.tied_embeddings=true"}},
        Option{"residual_four_tokens", {"model.path=residual", "model.input_tokens=4", "model.biases=all"}},
        Option{"residual_one_head", {"model.path=residual", "model.n_heads=1"}},
        Option{"residual_six_heads", {"model.path=residual", "model.n_heads=6", "model.d_model=12"}},
        Option{"residual_wide", {"model.path=residual", "model.d_model=40", "model.n_heads=4", "model.d_mlp=36"}},
        Option{"residual_parity",
               {"model.path=residual", "task.operation=parity", "task.parity_bits=5", "task.parity_subset=2"}},
        Option{"residual_framework_loss", {"model.path=residual", "loss.form=framework"}},
        Option{"residual_squared_loss", {"model.path=residual", "loss.kind=mean_squared"}},
        Option{"residual_temperature", {"model.path=residual", "loss.temperature=1.7"}},
        Option{"residual_stable_max", {"model.path=residual", "loss.kind=stable_max"}},
        Option{"tables_framework_temperature", {"model.path=tables", "loss.form=framework", "loss.temperature=0.4"}},
        Option{"tables_squared_temperature", {"model.path=tables", "loss.kind=mean_squared", "loss.temperature=2.5"}},
        Option{"mlp_stable_max_temperature",
               {"model.architecture=mlp", "loss.kind=stable_max", "loss.temperature=1.3", "model.biases=all"}},
        Option{"residual_more_logits", {"model.path=residual", "model.d_vocab_out=6", "model.biases=all"}},
        Option{"tables", {"model.path=tables"}}, Option{"tables_no_biases", {"model.path=tables", "model.biases=none"}},
        Option{"tables_all_biases", {"model.path=tables", "model.biases=all"}},
        Option{"tables_gelu", {"model.path=tables", "model.activation=gelu"}},
        Option{"tables_quadratic", {"model.path=tables", "model.activation=quadratic", "model.biases=all"}},
        Option{"tables_tied", {"model.path=tables", "model.tied_embeddings=true"}},
        Option{"tables_four_tokens", {"model.path=tables", "model.input_tokens=4", "model.biases=all"}},
        Option{"tables_one_head", {"model.path=tables", "model.n_heads=1"}},
        Option{"tables_six_heads", {"model.path=tables", "model.n_heads=6", "model.d_model=12"}},
        Option{"tables_wide", {"model.path=tables", "model.d_model=40", "model.n_heads=4", "model.d_mlp=36"}},
        Option{"tables_parity",
               {"model.path=tables", "task.operation=parity", "task.parity_bits=5", "task.parity_subset=2"}},
        Option{"tables_framework_loss", {"model.path=tables", "loss.form=framework"}},
        Option{"tables_squared_loss", {"model.path=tables", "loss.kind=mean_squared"}},
        Option{"tables_more_logits", {"model.path=tables", "model.d_vocab_out=6", "model.biases=all"}},
        Option{"auto_form", {}}, Option{"general", {"model.path=general"}},
        Option{"general_all_biases", {"model.path=general", "model.biases=all"}},
        Option{"general_two_tokens", {"model.input_tokens=2"}}, Option{"general_pre", {"model.layer_norm=pre"}},
        Option{"general_post", {"model.layer_norm=post", "model.biases=none"}},
        Option{"general_two_layers", {"model.n_layers=2"}},
        Option{"general_three_pre_gelu_tied",
               {"model.n_layers=3", "model.layer_norm=pre", "model.activation=gelu", "model.tied_embeddings=true",
                "model.biases=all"}},
        Option{"general_two_post_quadratic",
               {"model.n_layers=2", "model.layer_norm=post", "model.activation=quadratic", "model.biases=all"}},
        Option{"general_wide_pre",
               {"model.n_layers=2", "model.layer_norm=pre", "model.d_model=40", "model.n_heads=1", "model.d_mlp=36",
                "model.input_tokens=4"}},
        Option{"mlp_concatenate", {"model.architecture=mlp"}},
        Option{"mlp_sum_deep",
               {"model.architecture=mlp", "model.combination=sum", "model.n_layers=3", "model.biases=all"}},
        Option{"mlp_quadratic",
               {"model.architecture=mlp", "model.activation=quadratic", "model.n_layers=2", "model.biases=none"}},
        Option{"mlp_gelu_wide",
               {"model.architecture=mlp", "model.activation=gelu", "model.d_model=20", "model.d_mlp=40"}},
        Option{"one_hot_mlp", {"model.architecture=one_hot_mlp", "model.biases=all"}},
        Option{"one_hot_mlp_quadratic",
               {"model.architecture=one_hot_mlp", "model.activation=quadratic", "model.biases=none", "model.d_mlp=40",
                "loss.kind=mean_squared"}},
        Option{"one_hot_mlp_deep_parity",
               {"model.architecture=one_hot_mlp", "model.activation=gelu", "model.n_layers=3", "task.operation=parity",
                "task.parity_bits=5", "task.parity_subset=2"}},
        Option{"number_mlp", {"model.architecture=number_mlp", "model.biases=all"}},
        Option{"number_mlp_deep_gelu",
               {"model.architecture=number_mlp", "model.activation=gelu", "model.n_layers=3", "model.d_mlp=20",
                "task.operation=parity", "task.parity_bits=5", "task.parity_subset=2"}},
        Option{"number_mlp_quadratic",
               {"model.architecture=number_mlp", "model.activation=quadratic", "model.n_layers=2", "model.biases=none",
                "model.d_mlp=40"}},
        Option{"mlp_parity",
               {"model.architecture=mlp", "task.operation=parity", "task.parity_bits=5", "task.parity_subset=2"}}),
    [](const ::testing::TestParamInfo<Option>& info) { return std::string(info.param.name); });

// Negative control: the check must see a gradient that is wrong by a hundred-thousandth in one tensor.
TEST(GradientControl, AWrongGradientFails) {
  EXPECT_GT(gradient_error(small_config(), "blocks.0.attn.W_V", 1.00001), 1e-6);
  EXPECT_GT(gradient_error(small_config(), "embed.W_E", 1.00001), 1e-6);
}

}  // namespace
}  // namespace groklab
