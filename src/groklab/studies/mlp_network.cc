// See mlp_network.h.
#include "groklab/studies/mlp_network.h"

#include <fmt/format.h>

#include "groklab/config/change.h"
#include "groklab/studies/sizes.h"

namespace groklab::studies {

std::string complaint(const MlpNetwork& n) {
  if (n.rows >= 1 && n.classes >= 2 && n.d_model >= 1 && n.d_mlp >= 1) return "";
  return fmt::format("expected rows, 2 classes or more and widths, found {}, {}, {} and {}", n.rows, n.classes,
                     n.d_model, n.d_mlp);
}

MlpNetwork modular_mlp(std::int64_t modulus, std::int64_t d_model, std::int64_t d_mlp, const std::string& activation) {
  const TaskNetwork table = modular_network(modulus, d_model);
  return {fmt::format("MLP, {}, H {}, {}", table.name, d_mlp, activation),
          table.task,
          d_model,
          d_mlp,
          activation,
          table.rows,
          table.classes};
}

MlpNetwork digit_mlp(std::int64_t d_mlp) {
  MlpNetwork n;
  n.name = fmt::format("MLP, digits of 8 x 8 pixels, H {}, relu", d_mlp);
  n.task.operation = "digits";
  n.d_model = 1;  // nothing is embedded
  n.d_mlp = d_mlp;
  n.activation = "relu";
  n.rows = 1797;
  n.classes = 10;
  return n;
}

Config mlp_config(const MlpNetwork& network, std::int64_t seed, std::int64_t rows,
                  std::int64_t evaluations_per_decade) {
  Config config;
  config.seed = seed;
  config.task = network.task;
  config.split.train_size = rows;
  config.train.evaluate_every = 0;
  config.train.evaluate_per_decade = evaluations_per_decade;
  change_config(config,
                {"model.architecture=mlp", "model.activation=" + network.activation,
                 fmt::format("model.d_model={}", network.d_model), fmt::format("model.d_mlp={}", network.d_mlp)},
                "MLP network");
  return config;
}

}  // namespace groklab::studies
