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

/// Modular operations of Power et al. 2022 (modulo task.modulus), operations in a finite group, and other tasks.
enum class Operation {
  kAdd,               ///< x + y
  kSubtract,          ///< x - y
  kMultiply,          ///< x y
  kDivide,            ///< x / y, y != 0, prime modulus
  kDivideOrSubtract,  ///< x / y if y is odd, else x - y; prime modulus
  kSumOfSquares,      ///< x^2 + y^2
  kQuadratic,         ///< x^2 + x y + y^2
  kQuadraticPlusX,    ///< x^2 + x y + y^2 + x
  kCubic,             ///< x^3 + x y
  kCubicPlusY,        ///< x^3 + x y^2 + y
  kGroupProduct,      ///< x y in task.group
  kGroupConjugate,    ///< x y x^-1 in task.group
  kGroupSandwich,     ///< x y x in task.group
  kTable,             ///< a user's table, task.table
  kParity,            ///< (n, k) sparse parity
};
enum class GroupKind { kCyclic, kDihedral, kSymmetric, kAlternating };
/// Which of two permutations acts first in the product x y.
enum class Composition { kRightFirst, kLeftFirst };
enum class LabelKind { kTrue, kRandom, kRandomCommutative, kCorrupted };

struct TaskConfig {
  Operation operation = Operation::kAdd;
  std::int64_t modulus = 113;
  GroupKind group = GroupKind::kSymmetric;
  std::int64_t group_degree = 5;  ///< n of C_n, D_n (2n elements), S_n, A_n
  Composition composition = Composition::kRightFirst;
  std::string table;               ///< CSV file: p rows of p integers 0..p-1
  std::string table_digest;        ///< filled when the table is read, so that the run's name follows its contents
  std::int64_t parity_bits = 10;   ///< n
  std::int64_t parity_subset = 3;  ///< k
  std::int64_t parity_rows = 0;    ///< 0: all 2^n rows; else that many distinct rows, sampled
  LabelKind labels = LabelKind::kTrue;
  double corrupted_fraction = 0.0;  ///< fraction of labels replaced by a random wrong one (labels = corrupted)
  std::int64_t label_seed = -1;     ///< -1: the run's seed
};

enum class SplitMethod { kPhilox, kTorchRandperm, kFile };

struct SplitConfig {
  SplitMethod method = SplitMethod::kPhilox;
  std::int64_t train_size = 0;  ///< D; 0: from train_fraction
  double train_fraction = 0.3;  ///< D = floor(fraction * rows)
  std::int64_t seed = -1;       ///< -1: the run's seed
  std::string file;             ///< row indices, .npy or text (method = file)
  std::string file_digest;      ///< filled when the file is read
};

enum class Activation { kRelu, kGelu, kQuadratic };
enum class LayerNormKind { kNone, kPre, kPost };
enum class Biases { kNone, kMlp, kAll };
enum class EmbeddingCombination { kConcatenate, kSum };
enum class InitKind { kPaper, kTorch };
enum class ComputePath { kAuto, kGeneral };

struct ModelConfig {
  std::string architecture = "transformer";  ///< name of an architecture
  std::int64_t n_layers = 1;  ///< transformer blocks, or hidden layers of the MLP
  std::int64_t d_model = 128;
  std::int64_t n_heads = 4;
  std::int64_t d_head = 0;  ///< 0: d_model / n_heads
  std::int64_t d_mlp = 0;   ///< 0: 4 d_model
  Activation activation = Activation::kRelu;
  Biases biases = Biases::kMlp;
  LayerNormKind layer_norm = LayerNormKind::kNone;
  bool tied_embeddings = false;   ///< the unembedding is the embedding, transposed
  std::int64_t input_tokens = 3;  ///< 2: "a b"; 3: "a b ="; 4: "a o b ="
  std::int64_t d_vocab = 0;       ///< rows of W_E; 0: symbols + special tokens; "=" is the last
  std::int64_t d_vocab_out = 0;   ///< 0: number of classes
  EmbeddingCombination combination = EmbeddingCombination::kConcatenate;  ///< MLP only
  InitKind init = InitKind::kPaper;
  double init_scale = 1.0;                ///< multiplies every initial weight
  ComputePath path = ComputePath::kAuto;  ///< auto: the exact precomputed tables where it applies
};

enum class LossForm { kStable, kFramework };

struct LossConfig {
  std::string kind = "cross_entropy";  ///< name of a loss
  LossForm form = LossForm::kStable;   ///< of the cross-entropy
};

enum class Schedule { kConstant, kCosine };

struct OptimConfig {
  std::string kind = "adamw";  ///< name of an optimiser
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.98;
  double epsilon = 1e-8;
  double momentum = 0.0;           ///< SGD only
  double weight_decay = 1.0;       ///< lambda: decoupled for adamw, lambda/2 |theta|^2 in the loss for adam and sgd
  std::string decay = "*";         ///< comma-separated globs of tensor names that decay
  std::int64_t warmup_steps = 10;  ///< linear; learning rate at step t (1-based) is lr * min(t / warmup, 1)
  Schedule schedule = Schedule::kConstant;
  double final_lr_fraction = 0.0;  ///< cosine only: lr at the last step as a fraction of the peak
  std::int64_t batch_size = 0;     ///< 0: full batch
};

/// Something that no key can hold: `what` is e.g. "an array".
struct Unusable {
  std::string what;
  bool operator==(const Unusable&) const = default;
};
/// A configuration value without its C++ type; a choice is held by its name.
using Value = std::variant<bool, std::int64_t, double, std::string, Unusable>;

enum class Precision { kFloat32, kFloat64 };

struct TrainConfig {
  Precision precision = Precision::kFloat32;
  std::int64_t steps = 40000;
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
  std::string run;  ///< full id of the parent run
  std::int64_t step = 0;
  bool reset_optimizer = false;  ///< forget the moments; the step count of warm-up and bias correction restarts too
};

struct Config {
  std::int64_t seed = 0;  ///< initialisation; also split, labels and batches unless they have their own
  TaskConfig task;
  SplitConfig split;
  ModelConfig model;
  LossConfig loss;
  OptimConfig optim;
  TrainConfig train;
  ForkConfig fork;
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
  std::int64_t n_symbols = 0;
  std::int64_t n_classes = 0;
  std::int64_t n_inputs = 0;
  std::int64_t n_rows = 0;
};

/// A checked configuration in which nothing is automatic any more: seeds and widths have their values, keys that do not
/// apply have their defaults. Everything that trains or measures takes this type, and resolve_config alone makes it.
/// Immutable; copies share one value.
class ResolvedConfig {
 public:
  const Config* operator->() const { return &data_->config; }
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
/// that do not apply back to their defaults, so that equal runs have equal names. Throws Error(kConfig) as check_config.
ResolvedConfig resolve_config(const Config& config);

/// Every key with its value, nested by section.
nlohmann::json config_to_json(const Config& config);
Config config_from_json(const nlohmann::json& json);
/// The same as TOML text that read_config_file accepts.
std::string config_to_toml(const Config& config);

/// What the run's name is made from: sorted "key=value" lines of all keys whose value differs from the default,
/// preceded by the identity version. Adding a key to groklab therefore renames no stored run.
/// Not part of the identity: paths whose digest is known.
std::string canonical_config(const ResolvedConfig& config);

}  // namespace groklab
