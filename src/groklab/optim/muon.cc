// Muon (Jordan et al. 2024) for the hidden matrices: momentum whose singular values are brought near 1 by Newton-Schulz
// steps. It agrees with torch.optim.Muon, save that the steps run in the run's own precision and not in bfloat16.
// All other tensors (embeddings, unembedding, biases, scales) go to AdamW, as is usual.
#include <algorithm>
#include <cmath>
#include <string>

#include "groklab/optim/adam_update.h"
#include "groklab/optim/tensor_matrix.h"

namespace groklab {
namespace {

constexpr const char* kMomentum = "optim.muon.momentum";
constexpr const char* kNesterov = "optim.muon.nesterov";
constexpr const char* kSteps = "optim.muon.steps";
constexpr const char* kA = "optim.muon.a";
constexpr const char* kB = "optim.muon.b";
constexpr const char* kC = "optim.muon.c";
constexpr const char* kEpsilon = "optim.muon.epsilon";
constexpr const char* kAdjust = "optim.muon.adjust";
constexpr const char* kAdamFactor = "optim.muon.adamw_factor";

bool is_hidden_matrix(const TensorSpec& spec) { return is_matrix(spec) && spec.traits.role == TensorRole::kLinear; }

std::vector<bool> other_tensors(const ParameterLayout& layout) {
  std::vector<bool> others;
  for (const TensorSpec& spec : layout.tensors()) others.push_back(!is_hidden_matrix(spec));
  return others;
}

/// A row-major matrix whose rows are padded to whole panels, so that it is a PanelView as it lies.
template <typename T>
struct PaddedMatrix {
  PaddedMatrix(std::int64_t n_rows, std::int64_t n_columns, std::int64_t panel_width)
      : rows(n_rows),
        columns(n_columns),
        stride((n_columns + panel_width - 1) / panel_width * panel_width),
        width(panel_width),
        numbers(n_rows * stride) {}
  PanelView<T> view() { return {numbers.data(), stride, width}; }
  PanelView<const T> view() const { return {numbers.data(), stride, width}; }
  BlockedView<const T> source() const { return {numbers.data(), stride, columns, 0}; }
  T& at(std::int64_t r, std::int64_t c) { return numbers[r * stride + c]; }

  std::int64_t rows, columns, stride, width;
  AlignedBuffer<T> numbers;
};

/// The quintic Newton-Schulz iteration X <- a X + (b G + c G G) X with G = X X^T, from X / max(|X|_F, epsilon).
template <typename T>
class NewtonSchulz {
 public:
  NewtonSchulz(const Config& config, const Kernels<T>& kernels)
      : kernels_(kernels),
        steps_(integer_setting(config, kSteps)),
        a_(static_cast<T>(number_setting(config, kA))),
        b_(static_cast<T>(number_setting(config, kB))),
        c_(static_cast<T>(number_setting(config, kC))),
        epsilon_(number_setting(config, kEpsilon)) {}

  /// x has at most as many rows as columns.
  void run(PaddedMatrix<T>& x) const {
    const double norm = std::sqrt(kernels_.sum_squares(x.numbers.data(), x.numbers.size()));
    const T divisor = static_cast<T>(std::max(norm, epsilon_));
    for (std::int64_t i = 0; i < x.numbers.size(); ++i) x.numbers[i] /= divisor;
    PaddedMatrix<T> gram(x.rows, x.rows, x.width), square = gram_like(gram), next(x.rows, x.columns, x.width);
    AlignedBuffer<T> packed(std::max(x.stride * x.rows, gram.stride * x.columns));
    for (std::int64_t step = 0; step < steps_; ++step) {
      for (std::int64_t row = 0; row < x.rows; row += x.width) {
        pack_transposed_panel(packed.data() + row * x.columns, x.source(), x.rows, row, x.columns, x.width);
      }
      multiply(gram, x, packed);
      pack(packed, gram);
      multiply(square, gram, packed);
      for (std::int64_t i = 0; i < gram.numbers.size(); ++i) {
        gram.numbers[i] = b_ * gram.numbers[i] + c_ * square.numbers[i];
      }
      pack(packed, x);
      multiply(next, gram, packed);
      for (std::int64_t i = 0; i < x.numbers.size(); ++i) x.numbers[i] = a_ * x.numbers[i] + next.numbers[i];
    }
  }

 private:
  static PaddedMatrix<T> gram_like(const PaddedMatrix<T>& gram) { return {gram.rows, gram.columns, gram.width}; }
  static void pack(AlignedBuffer<T>& packed, const PaddedMatrix<T>& matrix) {
    for (std::int64_t col = 0; col < matrix.columns; col += matrix.width) {
      pack_panel(packed.data() + col * matrix.rows, matrix.source(), matrix.rows, col, matrix.columns, matrix.width);
    }
  }
  /// out = left * packed
  void multiply(PaddedMatrix<T>& out, const PaddedMatrix<T>& left, const AlignedBuffer<T>& packed) const {
    kernels_.nn(out.view(), left.view(), packed.data(), left.rows, out.columns, left.columns, {});
  }

  const Kernels<T>& kernels_;
  std::int64_t steps_;
  T a_, b_, c_;
  double epsilon_;
};

/// Keeps the buffers "muon.momentum", "adam.m" and "adam.v".
template <typename T>
class Muon final : public Optimizer<T> {
 public:
  explicit Muon(const StepSetup<T>& setup)
      : config_(setup.config.optim),
        momentum_(number_setting(setup.config, kMomentum)),
        nesterov_(switch_setting(setup.config, kNesterov)),
        match_rms_(text_setting(setup.config, kAdjust) == "match_rms_adamw"),
        adam_factor_(number_setting(setup.config, kAdamFactor)),
        width_(setup.kernels.width),
        newton_schulz_(setup.config, setup.kernels),
        buffer_(setup.add_buffer("muon.momentum")),
        adam_(setup, DecayPlace::kWeights, other_tensors(setup.layout)) {
    const std::vector<bool> decays = decayed_tensors(config_, setup.layout);
    for (std::size_t i = 0; i < decays.size(); ++i) {
      const TensorSpec& spec = setup.layout.tensors()[i];
      if (is_hidden_matrix(spec)) matrices_.push_back({seen_as_matrix(spec), decays[i] ? config_.weight_decay : 0.0});
    }
    squares_.resize(matrices_.size());
  }

  double update(const Update<T>& update) override {
    Update<T> rest = update;
    rest.learning_rate *= adam_factor_;
    double total = adam_.update(rest);
    update.pool.run(static_cast<std::int64_t>(matrices_.size()), [&](std::int64_t index, int) {
      const auto i = static_cast<std::size_t>(index);
      squares_[i] = update_matrix(matrices_[i], update);
    });
    for (const double squares : squares_) total += squares;
    return update.want_norm ? total : 0.0;
  }

 private:
  struct Matrix {
    MatrixPlace place;
    double weight_decay;
  };

  /// Torch's matrices are [outputs, inputs].
  double adjusted(double learning_rate, const MatrixPlace& place) const {
    const auto inputs = static_cast<double>(place.depth), outputs = static_cast<double>(place.n);
    if (match_rms_) return learning_rate * 0.2 * std::sqrt(std::max(inputs, outputs));
    return learning_rate * std::sqrt(std::max(1.0, outputs / inputs));
  }

  double update_matrix(const Matrix& matrix, const Update<T>& update) {
    const MatrixPlace& place = matrix.place;
    const bool is_tall = place.depth > place.n;
    PaddedMatrix<T> x(std::min(place.depth, place.n), std::max(place.depth, place.n), width_);
    const T forget = static_cast<T>(1.0 - momentum_), momentum = static_cast<T>(momentum_);
    for (std::int64_t k = 0; k < place.depth; ++k) {
      for (std::int64_t n = 0; n < place.n; ++n) {
        const std::int64_t at = place_of(place, k, n);
        const T gradient = update.gradient[at];
        const T average = buffer_[at] + forget * (gradient - buffer_[at]);
        buffer_[at] = average;
        (is_tall ? x.at(n, k) : x.at(k, n)) = nesterov_ ? gradient + momentum * (average - gradient) : average;
      }
    }
    newton_schulz_.run(x);
    const T shrink = static_cast<T>(1.0 - update.learning_rate * matrix.weight_decay);
    const T rate = static_cast<T>(adjusted(update.learning_rate, place));
    double squares = 0;
    for (std::int64_t k = 0; k < place.depth; ++k) {
      for (std::int64_t n = 0; n < place.n; ++n) {
        T& parameter = update.parameters[place_of(place, k, n)];
        const T before = parameter;
        parameter = before * shrink - rate * (is_tall ? x.at(n, k) : x.at(k, n));
        const auto change = static_cast<double>(parameter - before);
        squares += change * change;
      }
    }
    return squares;
  }

  const OptimConfig config_;
  const double momentum_;
  const bool nesterov_, match_rms_;
  const double adam_factor_;
  const std::int64_t width_;
  NewtonSchulz<T> newton_schulz_;
  AlignedBuffer<T>& buffer_;
  AdamUpdate<T> adam_;
  std::vector<Matrix> matrices_;
  std::vector<double> squares_;
};

}  // namespace

const OptimizerDescriptor& muon_optimizer() {
  static const auto descriptor = describe<Optimizer, Muon>(
      {.choice = "optim.kind",
       .name = "muon",
       .meaning = "momentum with all singular values near 1 for the hidden matrices, heads side by side as one matrix; "
                  "AdamW for embeddings, unembedding, biases and scales; decoupled weight decay",
       .uses = {"optim.beta1", "optim.beta2", "optim.epsilon"},
       .keys = {
           number_key(kMomentum, 0.95, from_to_below(0, 1), "", "Decay rate of the average of gradients."),
           switch_key(kNesterov, true, "Nesterov momentum: the gradient joins the average once more."),
           integer_key(kSteps, 5, between(0, 99), "steps", "Newton-Schulz iterations."),
           number_key(kA, 3.4445, any_choice(), "", "Coefficient of X in the Newton-Schulz iteration."),
           number_key(kB, -4.7750, any_choice(), "", "Coefficient of X X^T X."),
           number_key(kC, 2.0315, any_choice(), "", "Coefficient of (X X^T)^2 X."),
           number_key(kEpsilon, 1e-7, above(0), "", "Smallest norm by which the average is divided."),
           choice_key(kAdjust, "original", {"original", "match_rms_adamw"},
                      "Factor on the learning rate: sqrt(max(1, outputs/inputs)), or 0.2 sqrt(max(outputs, inputs)), "
                      "whose updates are as large as AdamW's."),
           number_key(kAdamFactor, 1, above(0), "", "Factor on the learning rate of the tensors left to AdamW.")}});
  return descriptor;
}

}  // namespace groklab
