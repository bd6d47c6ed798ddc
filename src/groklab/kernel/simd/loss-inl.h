// Losses on rows of logits: gradients in place, and statistics of rows. Included once per instruction set.
#if defined(GROKLAB_LOSS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_LOSS_INL_H_
#undef GROKLAB_LOSS_INL_H_
#else
#define GROKLAB_LOSS_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <cmath>
#include <limits>

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/simd/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

/// Calls f(pointer offset, mask of real columns) for each vector of a row. Padding lanes are masked off.
template <typename T, class F>
HWY_INLINE void for_row_vectors(std::int64_t panel_stride, std::int64_t n, F f) {
  const hn::ScalableTag<T> d;
  constexpr std::int64_t kWidth = panel_width<T>();
  constexpr std::int64_t kLanes = lanes_of<T>();
  for (std::int64_t col = 0; col < n; col += kLanes) {
    const std::int64_t offset = (col / kWidth) * panel_stride + col % kWidth;
    f(offset, hn::FirstN(d, static_cast<std::size_t>(n - col < kLanes ? n - col : kLanes)));
  }
}

template <typename T>
HWY_INLINE std::int64_t element_offset(std::int64_t panel_stride, std::int64_t col) {
  return (col / panel_width<T>()) * panel_stride + col % panel_width<T>();
}

/// 0 if every logit is finite, else NaN (exp() below maps NaN to 0, so NaN must be looked for before).
template <typename T>
HWY_INLINE double finiteness(PanelView<const T> logits, std::int64_t rows, std::int64_t n) {
  const hn::ScalableTag<T> d;
  auto sum = hn::Zero(d);
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* const row = logits.data + r * logits.row_stride;
    for_row_vectors<T>(logits.panel_stride, n, [&](std::int64_t at, auto mask) {
      sum = hn::MulAdd(hn::IfThenElseZero(mask, hn::Load(d, row + at)), hn::Zero(d), sum);
    });
  }
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
}

template <typename T>
HWY_INLINE T row_maximum(const T* row, std::int64_t panel_stride, std::int64_t n) {
  const hn::ScalableTag<T> d;
  const auto lowest = hn::Set(d, hwy::LowestValue<T>());
  auto maximum = lowest;
  for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
    maximum = hn::Max(maximum, hn::IfThenElse(mask, hn::Load(d, row + at), lowest));
  });
  return hn::GetLane(hn::MaxOfLanes(d, maximum));
}

/// Rows whose passes below are interleaved, so that one row's horizontal sums hide behind the others' arithmetic.
inline constexpr std::int64_t kLossRows = 8;

/// Cancellation-free form: with S = sum over c != y of exp(l_c - max), gradient of the true logit is -S / Z, not
/// p_y - 1 (which is 0 or noise in float32 once the loss is under 1e-6). At most kLossRows rows.
template <typename T>
HWY_INLINE double stable_gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t n,
                                  T scale) {
  const hn::ScalableTag<T> d;
  const std::int64_t stride = logits.panel_stride;
  T maxima[kLossRows], true_exps[kLossRows], sums[kLossRows];
  const auto row_at = [&](std::int64_t r) { return logits.data + r * logits.row_stride; };
  for (std::int64_t r = 0; r < rows; ++r) maxima[r] = row_maximum(row_at(r), stride, n);
  for (std::int64_t r = 0; r < rows; ++r) {
    T* const row = row_at(r);
    const auto maximum = hn::Set(d, maxima[r]);
    for_row_vectors<T>(stride, n, [&](std::int64_t at, auto mask) {
      const auto e = hn::Exp(d, hn::Sub(hn::Load(d, row + at), maximum));
      hn::Store(hn::IfThenElseZero(mask, e), d, row + at);
    });
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    T& true_entry = row_at(r)[element_offset<T>(stride, labels[r])];
    true_exps[r] = true_entry;
    true_entry = T(0);
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* const row = row_at(r);
    auto sum = hn::Zero(d);
    for_row_vectors<T>(stride, n, [&](std::int64_t at, auto) { sum = hn::Add(sum, hn::Load(d, row + at)); });
    sums[r] = hn::GetLane(hn::SumOfLanes(d, sum));
  }
  double check = 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    T* const row = row_at(r);
    const T total = sums[r] + true_exps[r];
    const T factor = scale / total;
    const auto factor_v = hn::Set(d, factor);
    for_row_vectors<T>(
        stride, n, [&](std::int64_t at, auto) { hn::Store(hn::Mul(hn::Load(d, row + at), factor_v), d, row + at); });
    row[element_offset<T>(stride, labels[r])] = -sums[r] * factor;
    check += static_cast<double>(total);
  }
  return check;
}

/// The form of the frameworks: gradient exp(log softmax) - onehot.
template <typename T>
HWY_INLINE double framework_row_gradient(T* row, std::int64_t panel_stride, std::int64_t n, std::int64_t label,
                                         T scale) {
  const hn::ScalableTag<T> d;
  const T largest = row_maximum(row, panel_stride, n);
  const auto maximum = hn::Set(d, largest);
  auto sum = hn::Zero(d);
  for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
    sum = hn::Add(sum, hn::IfThenElseZero(mask, hn::Exp(d, hn::Sub(hn::Load(d, row + at), maximum))));
  });
  const T total = hn::GetLane(hn::SumOfLanes(d, sum));
  const auto log_total = hn::Set(d, std::log(total));
  const auto scale_v = hn::Set(d, scale);
  for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
    const auto log_p = hn::Sub(hn::Sub(hn::Load(d, row + at), maximum), log_total);
    hn::Store(hn::IfThenElseZero(mask, hn::Mul(hn::Exp(d, log_p), scale_v)), d, row + at);
  });
  row[element_offset<T>(panel_stride, label)] -= scale;
  return static_cast<double>(total);
}

template <typename T>
HWY_INLINE double mean_squared_row_gradient(T* row, std::int64_t panel_stride, std::int64_t n, std::int64_t label,
                                            T scale) {
  const hn::ScalableTag<T> d;
  row[element_offset<T>(panel_stride, label)] -= T(1);
  auto sum = hn::Zero(d);
  const auto factor = hn::Set(d, T(2) * scale / static_cast<T>(n));
  for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
    const auto difference = hn::IfThenElseZero(mask, hn::Load(d, row + at));
    sum = hn::MulAdd(difference, difference, sum);
    hn::Store(hn::Mul(difference, factor), d, row + at);
  });
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
}

/// s(x) = x + 1 from 0 on, 1 / (1 - x) below: grows as x, where exp would grow without bound.
template <class D, class V>
HWY_INLINE V stable_max(D d, V x) {
  const auto one = hn::Set(d, hn::TFromD<D>(1));
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Div(one, hn::Sub(one, x)), hn::Add(x, one));
}

/// Sum of s over the other logits of a row, divided by s of the label's: the loss is log(1 + this).
template <typename T>
HWY_INLINE double stable_max_odds(const T* row, std::int64_t panel_stride, std::int64_t n, std::int64_t label) {
  const hn::ScalableTag<T> d;
  const std::int64_t label_at = element_offset<T>(panel_stride, label);
  auto sum = hn::Zero(d);
  for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
    auto s = hn::IfThenElseZero(mask, stable_max(d, hn::Load(d, row + at)));
    if (label_at >= at && label_at < at + lanes_of<T>()) {
      const auto lane = static_cast<std::size_t>(label_at - at);
      s = hn::IfThenZeroElse(hn::AndNot(hn::FirstN(d, lane), hn::FirstN(d, lane + 1)), s);
    }
    sum = hn::Add(sum, s);
  });
  const double own = static_cast<double>(hn::GetLane(stable_max(d, hn::Set(d, row[label_at]))));
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum))) / own;
}

/// With odds r = sum of s over the others / s_y: of the label -s'(l_y) / s_y r / (1 + r), of another s'(l_c) / Z, where
/// s' is 1 from 0 on and s^2 below. No cancellation.
template <typename T>
HWY_INLINE double stable_max_row_gradient(T* row, std::int64_t panel_stride, std::int64_t n, std::int64_t label,
                                          T scale) {
  const hn::ScalableTag<T> d;
  T& label_entry = row[element_offset<T>(panel_stride, label)];
  const double odds = stable_max_odds<T>(row, panel_stride, n, label);
  const double own = static_cast<double>(hn::GetLane(stable_max(d, hn::Set(d, label_entry))));
  const double own_slope = label_entry < 0 ? own * own : 1.0;
  const auto factor = hn::Set(d, static_cast<T>(static_cast<double>(scale) / (own * (1 + odds))));
  const auto one = hn::Set(d, T(1));
  for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
    const auto x = hn::Load(d, row + at);
    const auto s = stable_max(d, x);
    const auto slope = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(s, s), one);
    hn::Store(hn::IfThenElseZero(mask, hn::Mul(slope, factor)), d, row + at);
  });
  label_entry = static_cast<T>(-static_cast<double>(scale) * own_slope / own * odds / (1 + odds));
  return odds;
}

/// What one pass over a row of logits finds.
template <typename T>
struct LogitSums {
  T label_logit, largest, best_other;  ///< best_other: the largest but the label's
  T sum;
  T square_sum;    ///< of all but the label's
  T below_sum;     ///< of exp(z - largest) over all below the largest, so that it keeps its digits
  double ties;     ///< logits equal to the largest
  bool is_finite;  ///< all of them
};

/// Logits equal to the largest: ties are rare but exact.
template <typename T>
HWY_INLINE std::int64_t count_largest(const T* row, std::int64_t panel_stride, std::int64_t n, T largest) {
  std::int64_t ties = 0;
  for (std::int64_t c = 0; c < n; ++c) ties += row[element_offset<T>(panel_stride, c)] == largest ? 1 : 0;
  return ties;
}

template <typename T>
HWY_INLINE LogitSums<T> logit_sums(const T* row, std::int64_t stride, std::int64_t classes, std::int64_t label) {
  const hn::ScalableTag<T> d;
  const std::int64_t label_at = element_offset<T>(stride, label);
  LogitSums<T> s;
  s.label_logit = row[label_at];
  s.largest = row_maximum(row, stride, classes);
  const auto maximum = hn::Set(d, s.largest);
  const auto lowest = hn::Set(d, hwy::LowestValue<T>());
  auto sum = hn::Zero(d), exp_sum = hn::Zero(d), square_sum = hn::Zero(d), other = lowest;
  for_row_vectors<T>(stride, classes, [&](std::int64_t at, auto mask) {
    const auto x = hn::Load(d, row + at);
    sum = hn::Add(sum, hn::IfThenElseZero(mask, x));
    auto squares = hn::IfThenElseZero(mask, hn::Mul(x, x));
    const auto below = hn::AndNot(hn::Eq(x, maximum), mask);
    exp_sum = hn::Add(exp_sum, hn::IfThenElseZero(below, hn::Exp(d, hn::Sub(x, maximum))));
    auto candidates = hn::IfThenElse(mask, x, lowest);
    if (label_at >= at && label_at < at + lanes_of<T>()) {
      const auto is_label = hn::And(hn::FirstN(d, static_cast<std::size_t>(label_at - at + 1)),
                                    hn::Not(hn::FirstN(d, static_cast<std::size_t>(label_at - at))));
      candidates = hn::IfThenElse(is_label, lowest, candidates);
      squares = hn::IfThenZeroElse(is_label, squares);
    }
    square_sum = hn::Add(square_sum, squares);
    other = hn::Max(other, candidates);
  });
  s.sum = hn::GetLane(hn::SumOfLanes(d, sum));
  s.square_sum = hn::GetLane(hn::SumOfLanes(d, square_sum));
  s.below_sum = hn::GetLane(hn::SumOfLanes(d, exp_sum));
  s.best_other = classes > 1 ? hn::GetLane(hn::MaxOfLanes(d, other)) : s.label_logit;
  const bool may_tie = s.best_other >= s.label_logit;
  s.ties = may_tie ? static_cast<double>(count_largest(row, stride, classes, s.largest)) : 1.0;
  s.is_finite = finiteness(PanelView<const T>{row, 0, stride}, 1, classes) == 0.0;
  return s;
}

// A loss: the gradient of at most kLossRows rows in place, and the loss of a row from its sums.

struct CrossEntropy {
  template <typename T>
  static double gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t n, T scale) {
    return stable_gradient<T>(logits, labels, rows, n, scale);
  }
  template <typename T>
  static double loss(const LogitSums<T>& s, std::int64_t) {
    const double own = std::log1p(static_cast<double>(s.below_sum) + (s.ties - 1.0));
    if (s.label_logit == s.largest) return own;
    return own + (static_cast<double>(s.largest) - static_cast<double>(s.label_logit));
  }
};

struct FrameworkCrossEntropy {
  template <typename T>
  static double gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t n, T scale) {
    double check = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      check += framework_row_gradient<T>(logits.data + r * logits.row_stride, logits.panel_stride, n, labels[r], scale);
    }
    return check;
  }
  template <typename T>
  static double loss(const LogitSums<T>& s, std::int64_t) {
    const T total = s.below_sum + static_cast<T>(s.ties);
    return -static_cast<double>((s.label_logit - s.largest) - std::log(total));
  }
};

struct MeanSquared {
  template <typename T>
  static double gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t n, T scale) {
    double check = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      check +=
          mean_squared_row_gradient<T>(logits.data + r * logits.row_stride, logits.panel_stride, n, labels[r], scale);
    }
    return check;
  }
  template <typename T>
  static double loss(const LogitSums<T>& s, std::int64_t classes) {
    const double own = static_cast<double>(s.label_logit) - 1.0;
    return (static_cast<double>(s.square_sum) + own * own) / static_cast<double>(classes);
  }
};

struct StableMax {
  template <typename T>
  static double gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t n, T scale) {
    double check = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      check +=
          stable_max_row_gradient<T>(logits.data + r * logits.row_stride, logits.panel_stride, n, labels[r], scale);
    }
    return check;
  }
  template <typename T>
  static double row_loss(const T* row, std::int64_t panel_stride, std::int64_t classes, std::int64_t label) {
    return std::log1p(stable_max_odds<T>(row, panel_stride, classes, label));
  }
};

template <typename T, class Loss>
double loss_gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t classes,
                     double scale) {
  double check = 0;
  for (std::int64_t first = 0; first < rows; first += kLossRows) {
    const std::int64_t count = rows - first < kLossRows ? rows - first : kLossRows;
    const PanelView<T> block{logits.data + first * logits.row_stride, logits.row_stride, logits.panel_stride};
    check += finiteness(PanelView<const T>{block.data, block.row_stride, block.panel_stride}, count, classes);
    check += Loss::gradient(block, labels + first, count, classes, static_cast<T>(scale));
  }
  return check;
}

template <typename T, class Loss>
void row_statistics(RowStatistics* out, PanelView<const T> logits, const std::int32_t* labels, std::int64_t rows,
                    std::int64_t classes) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const LogitSums<T> sums =
        logit_sums<T>(logits.data + r * logits.row_stride, logits.panel_stride, classes, labels[r]);
    RowStatistics& s = out[r];
    const double mean = static_cast<double>(sums.sum) / static_cast<double>(classes);
    s.correct_logit = static_cast<double>(sums.label_logit);
    s.correct_logit_centred = s.correct_logit - mean;
    s.margin = s.correct_logit - static_cast<double>(sums.best_other);
    const double rest = static_cast<double>(sums.below_sum) + (sums.ties - 1.0);
    if constexpr (requires { Loss::template collapsed<T>(nullptr, 0, classes, rest); }) {
      s.collapsed =
          Loss::template collapsed<T>(logits.data + r * logits.row_stride, logits.panel_stride, classes, rest);
    } else {
      s.collapsed = static_cast<float>(1.0 + rest) == 1.0f;
    }
    if constexpr (requires { Loss::loss(sums, classes); }) {
      s.loss = Loss::loss(sums, classes);
    } else {
      s.loss = Loss::row_loss(logits.data + r * logits.row_stride, logits.panel_stride, classes, labels[r]);
    }
    if (!sums.is_finite) s.loss = s.margin = s.correct_logit_centred = std::numeric_limits<double>::quiet_NaN();
  }
}

template <typename T, class Loss>
constexpr LossKernels<T> loss_kernels() {
  return {&loss_gradient<T, Loss>, &row_statistics<T, Loss>};
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_LOSS_INL_H_
