// The one list of all configuration keys: every field of Config once, with its key, range, unit and meaning.
// Adding a field to config.h means adding its line here; parsing, help, hash and docs follow by themselves.
#pragma once

#include <limits>

#include "groklab/base/reflect.h"
#include "groklab/config.h"
#include "groklab/config/task_size.h"

namespace groklab {

/// Allowed values of a number. For text, `text` describes them.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;   ///< low itself is not allowed
  bool high_open = false;  ///< high itself is not allowed
  const char* text = nullptr;
  bool component = false;  ///< text that is the name of a component (component.h)
  bool formula = false;    ///< or a formula (formula.h)
};

/// What does not change from one Config to the next.
struct FieldSpec {
  const char* key;
  Range range;
  const char* unit;
  const char* meaning;  ///< one sentence
};

/// Most chunks of a batch. Each has a gradient of its own, and a step reads all of them (docs/decisions/chunks.md).
inline constexpr std::int64_t kMaxChunks = 64;

constexpr double kNoLimit = std::numeric_limits<double>::infinity();
constexpr Range at_least(double low) { return {low, kNoLimit, false, false, nullptr}; }
constexpr Range above(double low) { return {low, kNoLimit, true, false, nullptr}; }
constexpr Range between(double low, double high) { return {low, high, false, false, nullptr}; }
constexpr Range from_to_below(double low, double high) { return {low, high, false, true, nullptr}; }
constexpr Range text_range(const char* text) { return {-kNoLimit, kNoLimit, false, false, text}; }
constexpr Range any_choice() { return {}; }
constexpr Range component_choice() { return {-kNoLimit, kNoLimit, false, false, nullptr, true}; }
constexpr Range component_or_formula() { return {-kNoLimit, kNoLimit, false, false, nullptr, true, true}; }

/// Calls visit(spec, field) for every field of a Config or const Config, in the order in which users see them.
/// Fields are of type bool, std::int64_t, double, std::string or an enumeration with EnumNames.
template <Struct<Config> ConfigT, typename Visitor>
void visit_fields(ConfigT& config, Visitor&& visit) {
  const auto field = [&visit](const char* key, Range range, const char* unit, const char* meaning, auto& value) {
    visit(FieldSpec{key, range, unit, meaning}, value);
  };

  field("seed", at_least(0), "", "Seed of the initial weights, and of split, labels and batches without their own.",
        config.seed);

  auto& task = config.task;
  field("task.operation", component_or_formula(), "",
        "What is to be learnt: a modular or group operation, a formula, a table, images, or parity.", task.operation);
  field("task.modulus", between(2, kMaxSymbols), "", "p of the modular operations and formulas; a prime for division.",
        task.modulus);
  field("task.group", any_choice(), "", "Family of the finite group for the group operations.", task.group);
  field("task.group_degree", between(1, kMaxSymbols), "",
        "n of the cyclic (n elements), dihedral (2 n), symmetric (n!) or alternating (n!/2) group.", task.group_degree);
  field("task.composition", any_choice(), "", "Which of the two permutations acts first in the product x y.",
        task.composition);
  field("task.table", text_range("the path of a file, or empty"), "",
        "CSV file of a binary operation, p rows of p whole numbers 0 to p-1; or CSV, .npy or IDX of rows with a label.",
        task.table);
  field("task.table_digest", text_range("a hexadecimal digest, or empty"), "",
        "Digest of the table file, filled in when it is read, so that a run's name follows the contents.",
        task.table_digest);
  field("task.parity_bits", between(1, 62), "bits", "n of (n, k) sparse parity, the bits per row.", task.parity_bits);
  field("task.parity_subset", between(1, 62), "bits", "k of (n, k) sparse parity, the bits whose parity is the label.",
        task.parity_subset);
  field("task.parity_rows", between(0, kMaxRows), "rows", "Distinct rows sampled for sparse parity; 0 takes all 2^n.",
        task.parity_rows);
  field("task.labels", any_choice(), "", "True labels, random ones, or true ones of which a fraction is corrupted.",
        task.labels);
  field("task.corrupted_fraction", between(0, 1), "fraction of rows",
        "Fraction of labels replaced by a random wrong one when task.labels is corrupted.", task.corrupted_fraction);
  field("task.label_seed", at_least(-1), "", "Seed of random labels and of a parity task; -1 takes the run's seed.",
        task.label_seed);

  auto& split = config.split;
  field("split.method", any_choice(), "", "How training rows are chosen: own random stream, PyTorch's, or a file.",
        split.method);
  field("split.train_size", at_least(0), "rows", "Size D of the training set; 0 takes split.train_fraction.",
        split.train_size);
  field("split.train_fraction", between(0, 1), "fraction of rows",
        "Size of the training set as a fraction of all rows, rounded down; used when split.train_size is 0.",
        split.train_fraction);
  field("split.seed", at_least(-1), "", "Seed of the split, whose subsets are nested; -1 takes the run's seed.",
        split.seed);
  field("split.file", text_range("the path of a file, or empty"), "",
        "File of training row indices, .npy or text, for split.method = file.", split.file);
  field("split.file_digest", text_range("a hexadecimal digest, or empty"), "",
        "Digest of the split file, filled in when it is read, so that a run's name follows the contents.",
        split.file_digest);

  auto& model = config.model;
  field("model.architecture", component_choice(), "",
        "Decoder-only transformer, or an MLP on embeddings, on one-hot inputs or on numbers.", model.architecture);
  field("model.n_layers", between(1, 1000), "layers", "Transformer blocks, or hidden layers of the MLP.",
        model.n_layers);
  field("model.d_model", between(1, 1 << 20), "", "Width of the embedding and of the residual stream.", model.d_model);
  field("model.n_heads", between(1, 1 << 20), "heads", "Attention heads per block.", model.n_heads);
  field("model.d_head", between(0, 1 << 20), "", "Width of one head; 0 takes d_model / n_heads.", model.d_head);
  field("model.d_mlp", between(0, 1 << 22), "", "Width of the hidden MLP layers; 0 takes 4 d_model.", model.d_mlp);
  field("model.activation", any_choice(), "", "Nonlinearity of the MLP layers.", model.activation);
  field("model.biases", any_choice(), "", "Which layers have biases: none, the MLP layers, or all.", model.biases);
  field("model.layer_norm", any_choice(), "", "LayerNorm of the transformer: none, before, or after each part.",
        model.layer_norm);
  field("model.tied_embeddings", any_choice(), "", "Uses the transposed embedding as the unembedding.",
        model.tied_embeddings);
  field("model.input_tokens", between(2, 4), "tokens", "Transformer input: 2 is \"a b\", 3 \"a b =\", 4 \"a o b =\".",
        model.input_tokens);
  field("model.d_vocab", between(0, 1 << 20), "tokens",
        "Rows of the embedding; 0 takes the symbols and special tokens; the last row is \"=\".", model.d_vocab);
  field("model.d_vocab_out", between(0, 1 << 20), "", "Number of logits; 0 takes the number of classes.",
        model.d_vocab_out);
  field("model.combination", any_choice(), "", "How the MLP joins the embeddings of its inputs.", model.combination);
  field("model.init", any_choice(), "", "Initial weights: as in the circuit-efficiency paper, or as PyTorch's layers.",
        model.init);
  field("model.init_scale", above(0), "", "Factor on every initial weight.", model.init_scale);
  field("model.path", any_choice(), "",
        "How a step is computed, always exactly: auto takes the form with the fewest operations.", model.path);

  auto& loss = config.loss;
  field("loss.kind", component_choice(), "", "Training loss.", loss.kind);
  field("loss.form", any_choice(), "", "Cross-entropy without cancellation, or as common frameworks compute it.",
        loss.form);
  field("loss.precision", any_choice(), "",
        "Number format in which the framework form of the cross-entropy and its gradient are computed; run: the run's.",
        loss.precision);
  field(
      "loss.rounding", any_choice(), "",
      "What float16 and bfloat16 round: results, with wider sums (as GPUs); the sum too (as CPUs); or every operation.",
      loss.rounding);
  field("loss.temperature", above(0), "",
        "Divides the logits that the loss sees; measurements of logits are of those before it.", loss.temperature);

  auto& optim = config.optim;
  field("optim.kind", component_choice(), "", "Optimiser.", optim.kind);
  field("optim.learning_rate", above(0), "", "Learning rate after warm-up.", optim.learning_rate);
  field("optim.beta1", from_to_below(0, 1), "", "Decay rate of Adam's first moment.", optim.beta1);
  field("optim.beta2", from_to_below(0, 1), "", "Decay rate of Adam's second moment.", optim.beta2);
  field("optim.epsilon", at_least(0), "", "Added to the root of Adam's second moment.", optim.epsilon);
  field("optim.momentum", from_to_below(0, 1), "", "Momentum of SGD.", optim.momentum);
  field("optim.weight_decay", at_least(0), "",
        "Lambda: theta shrinks by learning_rate * lambda * theta (adamw), or lambda/2 |theta|^2 joins the loss (adam, "
        "sgd).",
        optim.weight_decay);
  field("optim.decay", text_range("comma-separated patterns with * and ?"), "",
        "Names of the tensors that decay, such as \"*W_*\".", optim.decay);
  field("optim.warmup_steps", at_least(0), "steps", "Steps over which the learning rate rises linearly; 0 for none.",
        optim.warmup_steps);
  field("optim.schedule", any_choice(), "", "Learning rate after warm-up: constant, or a cosine down to its end.",
        optim.schedule);
  field("optim.final_lr_fraction", between(0, 1), "fraction of the peak",
        "Learning rate at the last step of the cosine.", optim.final_lr_fraction);
  field("optim.batch_size", at_least(0), "rows", "Rows per step; 0 trains on the full batch.", optim.batch_size);

  auto& train = config.train;
  field("train.precision", any_choice(), "", "Number format of weights and arithmetic.", train.precision);
  field("train.chunks", between(0, kMaxChunks), "chunks",
        "Parts of a batch, one thread each at most, whose gradients are summed in their order; 0: 1 below 512 rows, 2 "
        "below 8192, else 8.",
        train.chunks);
  field("train.steps", at_least(0), "steps", "Optimiser steps after which the run is finished.", train.steps);
  field("train.evaluate_every", at_least(0), "steps", "Distance of evenly spaced evaluation steps; 0 for none.",
        train.evaluate_every);
  field("train.evaluate_per_decade", between(0, 1e6), "points",
        "Log-spaced evaluation steps per factor of ten; 0 for none.", train.evaluate_per_decade);
  field("train.stop_test_accuracy", between(0, 1), "fraction of rows",
        "Stops once test accuracy has held this value; 0 switches it off.", train.stop_test_accuracy);
  field("train.stop_held_evaluations", at_least(1), "records",
        "Consecutive evaluation steps for which train.stop_test_accuracy must hold.", train.stop_held_evaluations);
  field("train.stop_stationary_tolerance", at_least(0), "",
        "Stops once weight norm and training loss change by less than this fraction; 0 switches it off.",
        train.stop_stationary_tolerance);
  field("train.stop_stationary_window", at_least(1), "steps",
        "Steps over which train.stop_stationary_tolerance is measured.", train.stop_stationary_window);
  field("train.checkpoint_every", at_least(0), "steps", "Distance of kept checkpoints; 0 keeps only the last.",
        train.checkpoint_every);
  field("train.checkpoint_per_decade", between(0, 1e6), "points",
        "Kept log-spaced checkpoints per factor of ten; 0 for none.", train.checkpoint_per_decade);
  field("train.probe_every", at_least(0), "evaluation steps",
        "Looks inside the network at every n-th evaluation step and at the end; 0 for never.", train.probe_every);
  field("train.probes", text_range("comma-separated names of probes, or all"), "",
        "What is measured there; `groklab probe --help` lists the names.", train.probes);

  auto& fork = config.fork;
  field("fork.run", text_range("the id of a run, or empty"), "", "Run from whose stored state this one starts.",
        fork.run);
  field("fork.step", at_least(0), "steps", "Step of that state.", fork.step);
  field("fork.reset_optimizer", any_choice(), "",
        "Forgets the parent's moments and restarts the step count of warm-up and bias correction.",
        fork.reset_optimizer);
}

}  // namespace groklab
