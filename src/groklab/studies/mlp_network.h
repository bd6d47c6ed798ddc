// MLPs of several publications on delays: on concatenated embeddings for x + y mod p, and on images. Plain data.
#pragma once

#include <cstdint>
#include <string>

#include "groklab/config.h"

namespace groklab::studies {

struct MlpNetwork {
  std::string name;  ///< in figures: "MLP, x + y mod 31, d 64, H 128, relu"
  TaskConfig task;
  std::int64_t d_model = 0, d_mlp = 0;  ///< of the embeddings and of the one hidden layer
  std::string activation;               ///< as model.activation
  std::int64_t rows = 0, classes = 0;   ///< of the task's table
};
template <class F>
void visit_fields(MlpNetwork& n, F&& field) {
  field("name", n.name);
  field("task", n.task);
  field("d_model", n.d_model);
  field("d_mlp", n.d_mlp);
  field("activation", n.activation);
  field("rows", n.rows);
  field("classes", n.classes);
}
std::string complaint(const MlpNetwork& network);

MlpNetwork modular_mlp(std::int64_t modulus, std::int64_t d_model, std::int64_t d_mlp, const std::string& activation);

/// On the 1,797 digits of 8 x 8 pixels that come with groklab, for model.architecture = number_mlp.
MlpNetwork digit_mlp(std::int64_t d_mlp);

/// Full batches; records on logarithmic steps only.
Config mlp_config(const MlpNetwork& network, std::int64_t seed, std::int64_t rows, std::int64_t evaluations_per_decade);

}  // namespace groklab::studies
