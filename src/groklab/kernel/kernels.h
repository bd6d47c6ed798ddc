// The table of arithmetic kernels: free functions over views, one table per element type and instruction set.
// Order of arguments: outputs, inputs, sizes. No kernel allocates, throws or starts threads; results depend only on
// the arguments and the instruction set.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/kernel/panel.h"

namespace groklab {

/// Most positions of a sequence (the kernels keep one number per position on the stack).
inline constexpr std::int64_t kMaxPositions = 64;

/// Raw measurements of one row of logits.
struct RowStatistics {
  double loss = 0;
  double correct_logit = 0;          ///< L[y]
  double correct_logit_centred = 0;  ///< L[y] - mean_c L[c]
  double margin = 0;                 ///< L[y] - max_{c != y} L[c]
  bool collapsed = false;            ///< float32(1 + sum over all but the largest of exp(z - max z)) == 1; of a loss
                                     ///< in a format of its own: the sum of exp(z - max z) in that format is 1
};

/// Coefficients of one Adam update (Kingma and Ba 2015; AdamW: Loshchilov and Hutter 2019), as PyTorch orders them:
/// p *= shrink; g += l2 p; m += (g - m) one_minus_beta1; v = beta2 v + one_minus_beta2 g g;
/// p -= step_size m / (sqrt(v) / sqrt_correction2 + epsilon).
struct AdamCoefficients {
  double shrink = 1, l2 = 0, one_minus_beta1 = 0, beta2 = 0, one_minus_beta2 = 0;
  double step_size = 0, sqrt_correction2 = 1, epsilon = 0;
};

/// SGD with momentum: g += l2 p; buffer = momentum buffer + g; p -= learning_rate buffer.
struct SgdCoefficients {
  double l2 = 0, momentum = 0, learning_rate = 0;
};

/// Softmax over positions for every row of a tile and every head.
struct SoftmaxShape {
  std::int64_t positions = 0, heads = 0;
  std::int64_t table_rows = 0;    ///< of each position's scores
  std::int64_t row_capacity = 0;  ///< most rows of a tile
};

/// The rows of a tile, in groups that read the same row of a table.
struct RowGroups {
  std::int64_t count = 0;
  const std::int32_t* rows = nullptr;       ///< group after group
  const std::int32_t* begin = nullptr;      ///< where each group begins in `rows`, [count + 1]
  const std::int32_t* table_row = nullptr;  ///< [count]
};

/// Tables of all heads in panels of w = Kernels::mixture_width columns: element (row, col) of head h's table lies at
/// data[(col / w) * panel_stride + (row * heads + h) * w + col % w], further slots' tables at multiples of slot_stride.
template <typename T>
struct MixtureTables {
  T* data = nullptr;
  std::int64_t panel_stride = 0;
  std::int64_t slot_stride = 0;  ///< 0: all slots share the tables
};

/// A row of a tile mixes one table row of every slot and head:
///   sum over h, s < slots of weights[row][s][h] * (table h's row reads[s][row] + its row position_row + s);
/// to save additions the tables hold the last slot's sum already, and the other slots' rows their difference to it.
/// Columns of the tables behind the last one that is asked for, up to a whole vector, are zero.
template <typename T>
struct Mixture {
  const T* weights =
      nullptr;  ///< [rows][slots + 1][heads]; nullptr: all are 1, there is one head and no position's row
  MixtureTables<const T> tables;
  std::int64_t slots = 0, heads = 0;
  std::int64_t row_capacity = 0;
  std::int64_t position_row = 0;
  const std::int32_t* reads = nullptr;  ///< [slots][row_capacity]
  const RowGroups* groups = nullptr;    ///< [slots]: the rows grouped by reads[s]
};

/// Softmax attention inside sequences of S tokens. Query t attends to keys 0..t.
struct AttentionShape {
  std::int64_t sequences = 0, positions = 0, heads = 0, d_head = 0;
  bool last_query_only = false;  ///< queries and outputs have one row a sequence, at the last position
};

/// A loss on rows of logits.
template <typename T>
struct LossKernels {
  /// Replaces logits by scale * d loss / d logits of the row losses. Returns a number that is finite exactly if all
  /// logits led to finite losses.
  double (*gradient)(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t classes,
                     double scale);
  void (*statistics)(RowStatistics* out, PanelView<const T> logits, const std::int32_t* labels, std::int64_t rows,
                     std::int64_t classes);
};

template <typename T>
struct Kernels {
  const char* instruction_set;  ///< "AVX-512", "AVX2", "SSE4", "NEON"
  std::int64_t lanes;           ///< elements of a vector
  std::int64_t width;           ///< columns of a panel
  std::int64_t mixture_width;   ///< columns of a panel of MixtureTables: width or a multiple of it

  /// C[rows, n] = epilogue(A[rows, depth] B[depth, n]); B packed as panels [ceil(n / width)][depth][width].
  void (*nn)(PanelView<T> c, PanelView<const T> a, const T* b, std::int64_t rows, std::int64_t n, std::int64_t depth,
             const Epilogue<T>& epilogue);
  /// Columns first..n - 1 of C = A B + bias + addend, from B^T [n, depth] as a view: for the few columns behind the
  /// last whole vector, of which nn() would compute a vector's worth. A linear epilogue only.
  void (*nt)(PanelView<T> c, PanelView<const T> a, PanelView<const T> b_transposed, std::int64_t rows,
             std::int64_t first, std::int64_t n, std::int64_t depth, const Epilogue<T>& epilogue);
  /// G[depth, n] (+)= A[rows, depth]^T C[rows, n]; G packed as panels [ceil(n / width)][depth][width].
  void (*tn)(T* g, PanelView<const T> a, PanelView<const T> c, std::int64_t rows, std::int64_t n, std::int64_t depth,
             bool accumulate);
  /// sums[n] (+)= column sums of x[rows, n]; sums are padded to whole panels.
  void (*column_sums)(T* sums, PanelView<const T> x, std::int64_t rows, std::int64_t n, bool accumulate);

  /// y = act(x) (gelu is the exact x Phi(x)). y may alias x.
  void (*activate)(PanelView<T> y, PanelView<const T> x, std::int64_t rows, std::int64_t n, Activation activation);
  /// grad *= act'(x), x before the activation.
  void (*activate_gradient)(PanelView<T> grad, PanelView<const T> x, std::int64_t rows, std::int64_t n,
                            Activation activation);

  LossKernels<T> cross_entropy;            ///< no cancellation: keeps its digits however small the loss
  LossKernels<T> framework_cross_entropy;  ///< log softmax in T, as common frameworks compute it
  /// The framework's cross-entropy with its log softmax in another number format (docs/loss-forms.md): of 16 bits, by
  /// LossRounding, and in float32 and float64 throughout.
  LossKernels<T> float16_cross_entropy[3], bfloat16_cross_entropy[3];
  LossKernels<T> float32_cross_entropy, float64_cross_entropy;
  LossKernels<T> mean_squared;  ///< against the one-hot label
  LossKernels<T> stable_max;    ///< -log s(l_y) / sum s(l_c), s(x) = x + 1 from 0 on, 1 / (1 - x) below

  /// weights[row][s][h] = softmax over positions s of scores[s][table_rows[s][row]][h]; the last position has one score
  /// a head, behind those of the others. table_rows: [position][row_capacity].
  void (*softmax_of_scores)(T* weights, const T* scores, const std::int32_t* table_rows, std::int64_t rows,
                            const SoftmaxShape& shape);
  /// out[row, :n] = base + the row's mixture; then max(., 0) if `relu`. `base` [n], padded to mixture_width.
  void (*mixture_forward)(PanelView<T> out, const T* base, bool relu, const Mixture<T>& mixture, std::int64_t n);
  /// The backward pass. Adds to table_gradient, whose rows and strides are those of the tables: to the rows that are
  /// read, and to each slot's row of positions the sum over the slot. `column_sums` [n] += those of the gradient. What
  /// the weights receive is kept unfinished in `shares` [slots][row_capacity][mixture_share_size(heads)]: added up, or
  /// written if `first`. Without weights there are no shares, and the tables are not read.
  void (*mixture_backward)(const MixtureTables<T>& table_gradient, T* shares, bool first, T* column_sums,
                           PanelView<const T> gradient, const Mixture<T>& mixture, std::int64_t n);
  std::int64_t (*mixture_share_size)(std::int64_t heads);
  /// score_slopes[row][s][h] = d loss / d score of all positions, from `shares`
  /// [s][row_capacity][mixture_share_size(H)] of those but the last, to whose table row the others are differences.
  void (*mixture_weights_backward)(T* score_slopes, const T* shares, const T* weights, std::int64_t rows,
                                   const SoftmaxShape& shape);
  /// out[c * out_stride + r] = in[r * in_stride + c].
  void (*transpose)(T* out, std::int64_t out_stride, const T* in, std::int64_t in_stride, std::int64_t rows,
                    std::int64_t columns);

  /// z[row, head columns] = sum_s softmax_s(q k / sqrt(d_head)) v; probabilities are kept for the backward pass:
  /// [sequence][head][query][position].
  void (*attention_forward)(PanelView<T> z, T* probabilities, PanelView<const T> q, PanelView<const T> k,
                            PanelView<const T> v, const AttentionShape& shape);
  /// Writes gradients of q, k and v (overwriting them).
  void (*attention_backward)(PanelView<T> dq, PanelView<T> dk, PanelView<T> dv, PanelView<const T> dz,
                             const T* probabilities, PanelView<const T> q, PanelView<const T> k, PanelView<const T> v,
                             const AttentionShape& shape);

  /// y = (x - mean) rstd gain + bias, per row over n columns, epsilon 1e-5; keeps mean and rstd per row.
  void (*layer_norm)(PanelView<T> y, T* mean, T* rstd, PanelView<const T> x, const T* gain, const T* bias,
                     std::int64_t rows, std::int64_t n);
  /// dx (+)= gradient through the normalisation; dgain, dbias += theirs. dx may alias dy if accumulate is false.
  void (*layer_norm_backward)(PanelView<T> dx, T* dgain, T* dbias, PanelView<const T> dy, PanelView<const T> x,
                              const T* mean, const T* rstd, const T* gain, std::int64_t rows, std::int64_t n,
                              bool accumulate);

  /// One update of n parameters; returns the sum of squared changes if wanted, else 0.
  double (*adam)(T* p, T* m, T* v, const T* g, std::int64_t n, const AdamCoefficients& c, bool want_norm);
  /// buffer may be nullptr if momentum is 0.
  double (*sgd)(T* p, T* buffer, const T* g, std::int64_t n, const SgdCoefficients& c, bool want_norm);

  /// x = rounded_to<Float16> or <Bfloat16> of x (number_format.h).
  void (*round_to_float16)(T* x, std::int64_t n);
  void (*round_to_bfloat16)(T* x, std::int64_t n);
  /// y += x.
  void (*add)(T* y, const T* x, std::int64_t n);
  /// Sum of squares in double, in an order that depends on n alone.
  double (*sum_squares)(const T* x, std::int64_t n);
  /// Runs the register-only loop of fused multiply-adds and returns its FLOP (the benchmark's peak).
  double (*fma_peak_loop)(std::int64_t iterations, T* sink);
};

/// The kernels of the best instruction set of this machine. T is float or double.
template <typename T>
const Kernels<T>& best_kernels();

/// All instruction sets that were compiled and that this machine can run, best first (for tests and benchmarks).
template <typename T>
std::vector<const Kernels<T>*> all_kernels();

/// One panel of a packed blocked matrix [depth, n]: columns col..col+width-1 as [depth][width], padded with zeros.
/// The whole packed matrix is panels [ceil(n / width)][depth][width], so panel col / width starts at col * depth.
template <typename T>
void pack_panel(T* panel, const BlockedView<const T>& source, std::int64_t depth, std::int64_t col, std::int64_t n,
                std::int64_t width);
/// One panel of the packed transpose [n, depth]: source rows row..row+width-1 as [n][width].
template <typename T>
void pack_transposed_panel(T* panel, const BlockedView<const T>& source, std::int64_t depth, std::int64_t row,
                           std::int64_t n, std::int64_t width);
/// The inverse of pack_panel: writes a panel into a blocked matrix, or adds it.
template <typename T>
void unpack_panel(const BlockedView<T>& target, const T* panel, std::int64_t depth, std::int64_t col, std::int64_t n,
                  std::int64_t width, bool accumulate);

}  // namespace groklab
