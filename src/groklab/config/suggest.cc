// See suggest.h: edit distance, and the names that other programs use for our keys.
#include "groklab/config/suggest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/keys.h"

namespace groklab {
namespace {

/// Damerau-Levenshtein distance in which no substring is edited twice: a swap of neighbours counts one.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::string plain(std::string_view word) {
  std::string result;
  for (const char c : word) {
    result += c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

std::string last_part(std::string_view key) { return std::string(key.substr(key.rfind('.') + 1)); }

/// What papers, notebooks and other programs call a key. Used for suggestions only: a key has one name.
constexpr std::array kAliases = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"lr", "optim.learning_rate"},
    {"wd", "optim.weight_decay"},
    {"lambda", "optim.weight_decay"},
    {"eps", "optim.epsilon"},
    {"betas", "optim.beta1"},
    {"optimizer", "optim.kind"},
    {"optimiser", "optim.kind"},
    {"warmup", "optim.warmup_steps"},
    {"lr_schedule", "optim.schedule"},
    {"scheduler", "optim.schedule"},
    {"batch", "optim.batch_size"},
    {"p", "task.modulus"},
    {"mod", "task.modulus"},
    {"prime", "task.modulus"},
    {"op", "task.operation"},
    {"fn_name", "task.operation"},
    {"frac_train", "split.train_fraction"},
    {"train_frac", "split.train_fraction"},
    {"fraction", "split.train_fraction"},
    {"train_set_size", "split.train_size"},
    {"dataset_size", "split.train_size"},
    {"data_seed", "split.seed"},
    {"num_layers", "model.n_layers"},
    {"layers", "model.n_layers"},
    {"depth", "model.n_layers"},
    {"num_heads", "model.n_heads"},
    {"heads", "model.n_heads"},
    {"width", "model.d_model"},
    {"d_embed", "model.d_model"},
    {"embed_dim", "model.d_model"},
    {"hidden", "model.d_mlp"},
    {"d_ff", "model.d_mlp"},
    {"d_hidden", "model.d_mlp"},
    {"act_fn", "model.activation"},
    {"act_type", "model.activation"},
    {"bias", "model.biases"},
    {"ln", "model.layer_norm"},
    {"normalization_type", "model.layer_norm"},
    {"n_ctx", "model.input_tokens"},
    {"model_type", "model.architecture"},
    {"alpha", "model.init_scale"},
    {"loss_type", "loss.kind"},
    {"num_epochs", "train.steps"},
    {"n_epochs", "train.steps"},
    {"epochs", "train.steps"},
    {"max_steps", "train.steps"},
    {"n_steps", "train.steps"},
    {"dtype", "train.precision"},
    {"log_every", "train.evaluate_every"},
    {"save_every", "train.checkpoint_every"},
});

}  // namespace

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string wanted = plain(word);
  if (wanted.empty() || wanted.size() > 100) return "";  // no name is that long, and distances take the product
  std::string best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(wanted, plain(candidate));
    const std::size_t longer = std::max(wanted.size(), candidate.size());
    const bool near = distance <= std::max<std::size_t>(1, longer / 3) && distance < longer;
    if (near && (best.empty() || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (!best.empty() || wanted.size() < 3) return best;
  for (const std::string& candidate : candidates) {  // an abbreviation that only one name can stand for
    if (!plain(candidate).starts_with(wanted)) continue;
    if (!best.empty()) return "";
    best = candidate;
  }
  return best;
}

std::string suggest_key(std::string_view unknown) {
  const std::string wanted = plain(unknown);
  const std::string last = plain(last_part(unknown));
  std::vector<std::string> keys, same_last, lasts;
  for (const Field& field : default_fields()) {
    keys.emplace_back(field.spec.key);
    lasts.push_back(last_part(field.spec.key));
    if (lasts.back() == last) same_last.emplace_back(field.spec.key);
  }
  if (!same_last.empty()) {  // the right name in the wrong section, or in none
    return *std::min_element(same_last.begin(), same_last.end(), [&](const std::string& a, const std::string& b) {
      return edit_distance(wanted, a) < edit_distance(wanted, b);
    });
  }
  for (const auto& [alias, key] : kAliases) {
    if (alias == last) return std::string(key);
  }
  const std::string near = nearest_name(wanted, keys);
  if (!near.empty()) return near;
  const std::string near_last = nearest_name(last, lasts);
  for (std::size_t i = 0; i < lasts.size(); ++i) {
    if (!near_last.empty() && lasts[i] == near_last) return keys[i];
  }
  return "";
}

}  // namespace groklab
