// The configuration of one run: plain structs with their defaults, and reading, checking, naming and printing them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace groklab {

/// The finite groups that operations work in.
enum class GroupKind {
  kCyclic,      ///< C_n, n elements
  kDihedral,    ///< D_n, 2n elements: the symmetries of an n-gon
  kSymmetric,   ///< S_n, n! elements: all permutations
  kAlternating  ///< A_n, n! / 2 elements: the even ones
};
/// Which of two permutations acts first in the product x y.
enum class Composition {
  kRightFirst,  ///< (x y)(i) = x(y(i)), as functions compose
  kLeftFirst    ///< (x y)(i) = y(x(i))
};
/// What the labels of a table are.
enum class LabelKind {
  kTrue,               ///< those of the operation
  kRandom,             ///< uniform, each row by itself
  kRandomCommutative,  ///< uniform, the same for (x, y) and (y, x)
  kCorrupted           ///< true, but for a fraction of them (task.corrupted_fraction)
};

/// Section [task]: the table of inputs and labels.
struct TaskConfig {
  std::string operation = "add";                       ///< name of an operation
  std::int64_t modulus = 113;                          ///< p of the operations modulo p
  GroupKind group = GroupKind::kSymmetric;             ///< of the operations in a group
  std::int64_t group_degree = 5;                       ///< n of C_n, D_n (2n elements), S_n, A_n
  Composition composition = Composition::kRightFirst;  ///< of permutations
  std::string table;                                   ///< CSV file: p rows of p integers 0..p-1
  std::string table_digest;             ///< filled when the table is read, so that the run's name follows its contents
  std::int64_t parity_bits = 10;        ///< n
  std::int64_t parity_subset = 3;       ///< k
  std::int64_t parity_rows = 0;         ///< 0: all 2^n rows; else that many distinct rows, sampled
  LabelKind labels = LabelKind::kTrue;  ///< true, random or partly wrong
  double corrupted_fraction = 0.0;      ///< fraction of labels replaced by a random wrong one (labels = corrupted)
  std::int64_t label_seed = -1;         ///< -1: the run's seed
};

/// How the training rows are chosen.
enum class SplitMethod {
  kPhilox,         ///< the first of groklab's own seeded order
  kTorchRandperm,  ///< the first of torch.randperm
  kFile            ///< those of split.file
};

/// Section [split]: which rows train.
struct SplitConfig {
  SplitMethod method = SplitMethod::kPhilox;  ///< how they are chosen
  std::int64_t train_size = 0;                ///< D; 0: from train_fraction
  double train_fraction = 0.3;                ///< D = floor(fraction * rows)
  std::int64_t seed = -1;                     ///< -1: the run's seed
  std::string file;                           ///< row indices, .npy or text (method = file)
  std::string file_digest;                    ///< filled when the file is read
};

/// Of the hidden neurons.
enum class Activation {
  kRelu,      ///< max(x, 0)
  kGelu,      ///< x Phi(x), exact
  kQuadratic  ///< x^2
};
/// Where a transformer normalises.
enum class LayerNormKind {
  kNone,  ///< nowhere
  kPre,   ///< before attention and MLP, and at the end
  kPost   ///< after adding each to the residual stream
};
/// Which biases there are.
enum class Biases {
  kNone,  ///< none
  kMlp,   ///< those of the hidden layers
  kAll    ///< also of attention and unembedding
};
/// How an MLP joins its inputs' embeddings.
enum class EmbeddingCombination {
  kConcatenate,  ///< one behind the other
  kSum           ///< added
};
/// How initial weights are drawn.
enum class InitKind {
  kPaper,  ///< N(0, 1 / d_model), as Nanda et al. (2023) and Varma et al. (2023)
  kTorch   ///< PyTorch's defaults
};
/// How a one-layer transformer's step is computed; all are exact, and round differently.
enum class ComputePath {
  kAuto,      ///< the form with the fewest operations that is exact for the network
  kGeneral,   ///< layer by layer, as any depth
  kResidual,  ///< attention from precomputed tables, then the residual stream of every row
  kTables     ///< tables of what attention adds to the neurons and the logits; no row's residual stream
};

/// Section [model]: the network.
struct ModelConfig {
  std::string architecture = "transformer";         ///< name of an architecture
  std::int64_t n_layers = 1;                        ///< transformer blocks, or hidden layers of the MLP
  std::int64_t d_model = 128;                       ///< width of embeddings and residual stream
  std::int64_t n_heads = 4;                         ///< attention heads of a block
  std::int64_t d_head = 0;                          ///< 0: d_model / n_heads
  std::int64_t d_mlp = 0;                           ///< 0: 4 d_model
  Activation activation = Activation::kRelu;        ///< of the hidden neurons
  Biases biases = Biases::kMlp;                     ///< which there are
  LayerNormKind layer_norm = LayerNormKind::kNone;  ///< where a transformer normalises
  bool tied_embeddings = false;                     ///< the unembedding is the embedding, transposed
  std::int64_t input_tokens = 3;                    ///< 2: "a b"; 3: "a b ="; 4: "a o b ="
  std::int64_t d_vocab = 0;                         ///< rows of W_E; 0: symbols + special tokens; "=" is the last
  std::int64_t d_vocab_out = 0;                     ///< 0: number of classes
  EmbeddingCombination combination = EmbeddingCombination::kConcatenate;  ///< MLP only
  InitKind init = InitKind::kPaper;                                       ///< how initial weights are drawn
  double init_scale = 1.0;                                                ///< multiplies every initial weight
  ComputePath path = ComputePath::kAuto;                                  ///< auto: the cheapest exact form
};

/// How the cross-entropy is computed (docs/loss-forms.md).
enum class LossForm {
  kStable,    ///< without loss of digits at small losses
  kFramework  ///< as frameworks do in float32: small losses become 0
};

/// Of the cross-entropy and its gradient, whatever the run's other arithmetic (docs/loss-forms.md).
enum class LossPrecision {
  kRun,       ///< that of train.precision
  kFloat16,   ///< 11 bits, exponents -14 to 15
  kBfloat16,  ///< 8 bits, the exponents of float32
  kFloat32,   ///< 24 bits
  kFloat64    ///< 53 bits
};

/// What a format of 16 bits rounds.
enum class LossRounding {
  kResults,    ///< of log softmax and its gradient; sums are the run's: as PyTorch's kernels for GPUs
  kSums,       ///< the sum of exponentials and its logarithm too: as PyTorch's kernels for CPUs
  kOperations  ///< every operation, each addition of a sum too
};

/// Section [loss].
struct LossConfig {
  std::string kind = "cross_entropy";              ///< name of a loss
  LossForm form = LossForm::kStable;               ///< of the cross-entropy
  LossPrecision precision = LossPrecision::kRun;   ///< of the framework's form
  LossRounding rounding = LossRounding::kResults;  ///< float16 and bfloat16 only
  double temperature = 1.0;                        ///< divides the logits
};

/// The learning rate after the warm-up.
enum class Schedule {
  kConstant,  ///< stays
  kCosine     ///< falls along half a cosine to final_lr_fraction at the last step
};

/// Section [optim]: how gradients become steps.
struct OptimConfig {
  std::string kind = "adamw";      ///< name of an optimiser
  double learning_rate = 1e-3;     ///< peak
  double beta1 = 0.9;              ///< decay of Adam's first moment
  double beta2 = 0.98;             ///< decay of Adam's second moment
  double epsilon = 1e-8;           ///< added to the root of Adam's second moment
  double momentum = 0.0;           ///< SGD only
  double weight_decay = 1.0;       ///< lambda: decoupled for adamw, lambda/2 |theta|^2 in the loss for adam and sgd
  std::string decay = "*";         ///< comma-separated globs of tensor names that decay
  std::int64_t warmup_steps = 10;  ///< linear; learning rate at step t (1-based) is lr * min(t / warmup, 1)
  Schedule schedule = Schedule::kConstant;  ///< after the warm-up
  double final_lr_fraction = 0.0;           ///< cosine only: lr at the last step as a fraction of the peak
  std::int64_t batch_size = 0;              ///< 0: full batch
};

/// Something that no key can hold: `what` is e.g. "an array".
struct Unusable {
  std::string what;                                  ///< for a message
  bool operator==(const Unusable&) const = default;  ///< the same words
};
/// A configuration value without its C++ type; a choice is held by its name.
using Value = std::variant<bool, std::int64_t, double, std::string, Unusable>;

/// Of all arithmetic of a run.
enum class Precision {
  kFloat32,  ///< 24 bits
  kFloat64   ///< 53 bits
};

/// Section [train]: how long, what is recorded when, when to stop.
struct TrainConfig {
  Precision precision = Precision::kFloat32;   ///< of all arithmetic
  std::int64_t chunks = 0;                     ///< of a batch, summed in their order; 0: by the number of its rows
  std::int64_t steps = 40000;                  ///< updates
  std::int64_t evaluate_every = 100;           ///< 0: never at fixed distance
  std::int64_t evaluate_per_decade = 20;       ///< log-spaced evaluation steps; 0: none
  double stop_test_accuracy = 0.0;             ///< 0: off; stop when test accuracy >= this ...
  std::int64_t stop_held_evaluations = 3;      ///< ... held for so many consecutive records
  double stop_stationary_tolerance = 0.0;      ///< 0: off; relative change of norm and train loss ...
  std::int64_t stop_stationary_window = 1000;  ///< ... over so many steps
  std::int64_t checkpoint_every = 0;           ///< 0: only the last; kept checkpoints every n steps
  std::int64_t checkpoint_per_decade = 0;      ///< kept log-spaced checkpoints
  std::int64_t probe_every = 0;                ///< 0: never; probes at every n-th evaluation step and at the end
  std::string probes = "circuits,frequencies,neurons";  ///< which
};

/// A fork starts from a stored state of another run. Empty run: not a fork.
struct ForkConfig {
  std::string run;               ///< full id of the parent run
  std::int64_t step = 0;         ///< of the parent's state
  bool reset_optimizer = false;  ///< forget the moments; the step count of warm-up and bias correction restarts too
};

/// The configuration of a run: a section per part. Equal resolved configurations train equal runs.
struct Config {
  std::int64_t seed = 0;  ///< initialisation; also split, labels and batches unless they have their own
  TaskConfig task;        ///< the table
  SplitConfig split;      ///< its training rows
  ModelConfig model;      ///< the network
  LossConfig loss;        ///< what is minimised
  OptimConfig optim;      ///< the optimiser
  TrainConfig train;      ///< the loop
  ForkConfig fork;        ///< where it starts
  /// Keys that components bring themselves, such as "optim.muon.momentum", that differ from their defaults. Set them
  /// with set_config_value, which checks them.
  std::map<std::string, Value, std::less<>> settings;
};

/// One configuration key as users see it.
struct FieldInfo {
  std::string key;            ///< dotted, e.g. "optim.weight_decay"
  std::string type;           ///< "integer", "number", "text", "yes/no", "choice"
  std::string default_value;  ///< as it would be written in TOML
  std::string unit;           ///< "steps", "rows", ... or ""
  std::string range;          ///< human-readable allowed values
  std::string meaning;        ///< one sentence
};

/// All keys in order, for `groklab config` and the docs.
std::vector<FieldInfo> config_fields();

/// Reads a TOML file. Throws Error(kConfig|kInput): unknown key (nearest name suggested), wrong type, out of range.
Config read_config_file(const std::string& path);
/// Reads TOML text; `where` names it in messages.
Config parse_config_text(std::string_view text, const std::string& where);
/// Applies one "key=value" (as in --set). Throws Error(kConfig) like read_config_file.
void set_config_value(Config& config, std::string_view assignment);

/// Checks single ranges and combinations that do not need the task's data (d_model against heads, prime modulus for
/// division, ...). Throws Error(kConfig) with key, value and what is allowed.
void check_config(const Config& config);

/// What a configuration alone tells about the task's table.
struct TaskSize {
  std::int64_t n_symbols = 0;  ///< distinct input symbols
  std::int64_t n_classes = 0;  ///< distinct labels
  std::int64_t n_inputs = 0;   ///< symbols per row
  std::int64_t n_rows = 0;     ///< rows
};

/// A checked configuration in which nothing is automatic any more: seeds and widths have their values, keys that do not
/// apply have their defaults. Everything that trains or measures takes this type, and resolve_config alone makes it.
/// Immutable; copies share one value.
class ResolvedConfig {
 public:
  /// The values.
  const Config* operator->() const { return &data_->config; }
  /// The values.
  const Config& operator*() const { return data_->config; }
  /// The run's name: first 12 hex digits of XXH3-128 of canonical_config.
  const std::string& id() const { return data_->id; }
  /// Nothing for a user's table, whose size only its file knows.
  const std::optional<TaskSize>& task_size() const { return data_->task_size; }

 private:
  struct Data {
    Config config;
    std::string id;
    std::optional<TaskSize> task_size;
  };
  explicit ResolvedConfig(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  friend ResolvedConfig resolve_config(const Config& config);
  std::shared_ptr<const Data> data_;
};

/// Checks a configuration, then replaces automatic values (d_head, d_mlp, seeds of -1) by what they mean and puts keys
/// that do not apply back to their defaults, so that equal runs have equal names. Throws Error(kConfig) as
/// check_config.
ResolvedConfig resolve_config(const Config& config);

/// Every key with its value, nested by section.
nlohmann::json config_to_json(const Config& config);
/// The inverse. Throws Error(kConfig) as read_config_file does.
Config config_from_json(const nlohmann::json& json);
/// The same as TOML text that read_config_file accepts.
std::string config_to_toml(const Config& config);

/// What the run's name is made from: sorted "key=value" lines of all keys whose value differs from the default,
/// preceded by the identity version. Adding a key to groklab therefore renames no stored run.
/// Not part of the identity: paths whose digest is known.
std::string canonical_config(const ResolvedConfig& config);

}  // namespace groklab
