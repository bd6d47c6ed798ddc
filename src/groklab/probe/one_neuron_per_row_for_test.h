// A network built by hand whose logits are exactly homogeneous in its parameters, for the tests of scaling.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/task.h"

namespace groklab::testing {

inline constexpr std::int64_t kP = 3, kColumns = 5;
inline constexpr std::int64_t kNeurons = kP * kP;
/// Embedding, squared first layer, readout: theta -> f theta multiplies every logit by f (f f)^2 = f^5.
inline constexpr double kDegree = 5;

/// x + y modulo 3 with one neuron per row of the table: (1_x + 1_y)^2 is 4 on its own row, 1 where one symbol agrees
/// and 0 elsewhere. Row (x, y) is read out into its label with a height of its own, so that every row has another
/// margin. The vocabulary has two columns that are no classes; they get the largest logits and must not matter.
class OneNeuronPerRow {
 public:
  explicit OneNeuronPerRow(double sign = 1) : pool_(1) {
    Config config;
    for (const char* s : {"task.modulus=3", "split.train_size=4", "model.architecture=mlp", "model.n_layers=1",
                          "model.activation=quadratic", "model.biases=none", "model.combination=concatenate",
                          "model.d_model=3", "model.d_mlp=9", "model.d_vocab_out=5", "train.precision=float64"}) {
      set_config_value(config, s);
    }
    const ResolvedConfig resolved = resolve_config(config);
    task_ = make_task(resolved);
    split_ = make_split(resolved, task_);
    engine = make_engine(resolved, task_, split_, pool_);
    engine->initialise();
    std::vector<double> embed(kP * kP, 0.0), in(2 * kP * kNeurons, 0.0), out(kNeurons * kColumns, 0.0);
    for (std::int64_t a = 0; a < kP; ++a) embed[index(a * kP + a)] = 1;
    for (std::int64_t row = 0; row < kNeurons; ++row) {
      in[index((row / kP) * kNeurons + row)] = 1;
      in[index((kP + row % kP) * kNeurons + row)] = 1;
      out[index(row * kColumns + label(row))] = sign * height(row);
      for (std::int64_t c = kP; c < kColumns; ++c) out[index(row * kColumns + c)] = 50;
    }
    engine->set_tensor(engine->layout().at("embed.W_E"), embed);
    engine->set_tensor(engine->layout().at("layers.0.W"), in);
    engine->set_tensor(engine->layout().at("unembed.W_U"), out);
    for (const std::vector<double>& values : {embed, in, out}) {
      for (const double w : values) squares_ += w * w;
    }
  }

  double norm() const { return std::sqrt(squares_); }
  const Task& task() const { return task_; }

  /// By hand, from the heights alone.
  double margin(const std::vector<std::int64_t>& rows) const {
    double sum = 0;
    for (const std::int64_t row : rows) {
      const std::int64_t a = row / kP, b = row % kP;
      double other = 0;
      for (std::int64_t c = 0; c < kP; ++c) {
        if (c == label(row)) continue;  // the two neurons of class c that share a symbol with the row, 1 each
        other = std::max(other, height(a * kP + (c + kP - a) % kP) + height(((c + kP - b) % kP) * kP + b));
      }
      sum += 4 * height(row) - other;
    }
    return sum / static_cast<double>(rows.size());
  }

  /// Mean centred correct logit: the readout of a row's 9 neurons adds up to 4 of its own, 1 of those 4 that share a
  /// symbol.
  double correct_logit(const std::vector<std::int64_t>& rows) const {
    double sum = 0;
    for (const std::int64_t row : rows) {
      double all = 4 * height(row);
      for (std::int64_t other = 0; other < kNeurons; ++other) {
        if (other != row && (other / kP == row / kP || other % kP == row % kP)) all += height(other);
      }
      sum += 4 * height(row) - all / static_cast<double>(kP);
    }
    return sum / static_cast<double>(rows.size());
  }

  std::unique_ptr<Engine> engine;

 private:
  static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }
  static std::int64_t label(std::int64_t row) { return (row / kP + row % kP) % kP; }
  static double height(std::int64_t row) { return 2 + 0.25 * static_cast<double>(row); }

  Task task_;
  Split split_;
  ThreadPool pool_;
  double squares_ = 0;
};

}  // namespace groklab::testing
