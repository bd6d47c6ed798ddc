// The frameworks' cross-entropy with its log softmax in a number format other than that of the logits. Included once
// per instruction set.
#if defined(GROKLAB_FORMAT_LOSS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_FORMAT_LOSS_INL_H_
#undef GROKLAB_FORMAT_LOSS_INL_H_
#else
#define GROKLAB_FORMAT_LOSS_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <cmath>
#include <type_traits>

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/number_format.h"
#include "groklab/kernel/simd/loss-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

/// rounded_to() of every lane.
template <class Format, class D, class V>
HWY_INLINE V rounded(D d, V x) {
  using T = hn::TFromD<D>;
  using Rounding = RoundingOf<Format, T>;
  using Bits = typename Rounding::Bits;
  const hn::RebindToUnsigned<D> du;
  constexpr int kDropped = Rounding::kDropped;
  const auto bits = hn::BitCast(du, x);
  const auto sign = hn::And(bits, hn::Set(du, Rounding::kSign));
  const auto magnitude = hn::Xor(bits, sign);
  const auto last = hn::And(hn::ShiftRight<kDropped>(magnitude), hn::Set(du, Bits{1}));
  const auto up = hn::Add(hn::Add(magnitude, hn::Set(du, Rounding::kBelowHalf)), last);
  auto result = hn::BitCast(d, hn::ShiftLeft<kDropped>(hn::ShiftRight<kDropped>(up)));
  const auto largest = hn::Set(d, static_cast<T>(Format::kLargest));
  result = hn::IfThenElse(hn::Gt(result, largest), hn::Inf(d), result);
  if constexpr (!Rounding::kSameExponents) {
    const auto shift = hn::Set(d, Rounding::subnormal_shift());
    const auto absolute = hn::BitCast(d, magnitude);
    const auto small = hn::Sub(hn::Add(absolute, shift), shift);
    result = hn::IfThenElse(hn::Lt(absolute, hn::Set(d, Rounding::smallest_normal())), small, result);
  }
  result = hn::Or(result, hn::BitCast(d, sign));
  return hn::IfThenElse(hn::IsNaN(x), x, result);
}

template <class Format, typename T>
void round_all(T* x, std::int64_t n) {
  const hn::ScalableTag<T> d;
  std::int64_t i = 0;
  for (; i + lanes_of<T>() <= n; i += lanes_of<T>()) hn::StoreU(rounded<Format>(d, hn::LoadU(d, x + i)), d, x + i);
  for (; i < n; ++i) x[i] = rounded_to<Format>(x[i]);
}

/// exp of one number as the vectors compute it.
template <typename T>
HWY_INLINE T exp_of(T x) {
  const hn::ScalableTag<T> d;
  return hn::GetLane(hn::Exp(d, hn::Set(d, x)));
}

/// Sum of exp(z - maximum) of a row of rounded logits, the terms in the format. With kEvery each addition is rounded,
/// in the order of the classes; else the sum is formed in T.
template <class Format, bool kEvery, bool kRoundTerms, typename T>
HWY_INLINE T sum_of_exps(const T* row, std::int64_t panel_stride, std::int64_t n, T maximum) {
  const hn::ScalableTag<T> d;
  const auto maximum_v = hn::Set(d, maximum);
  auto sum = hn::Zero(d);
  T in_order = 0;
  for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
    auto difference = hn::Sub(rounded<Format>(d, hn::Load(d, row + at)), maximum_v);
    if constexpr (kRoundTerms) difference = rounded<Format>(d, difference);
    auto term = hn::Exp(d, difference);
    if constexpr (kRoundTerms) term = rounded<Format>(d, term);
    term = hn::IfThenElseZero(mask, term);
    if constexpr (kEvery) {
      HWY_ALIGN T lanes[static_cast<std::size_t>(lanes_of<T>())];
      hn::Store(term, d, lanes);
      for (const T lane : lanes) in_order = rounded_to<Format>(in_order + lane);
    } else {
      sum = hn::Add(sum, term);
    }
  });
  if constexpr (kEvery) return in_order;
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

/// Log softmax in a format of 16 bits. Its result and the gradient's are rounded; differences, exponentials, sum and
/// logarithm are those of T, but for the last two with kSums and for all with kOperations.
template <class Format, LossRounding kRounding>
struct RoundedCrossEntropy {
  static constexpr bool kEvery = kRounding == LossRounding::kOperations;

  /// What turns logits of a row into log softmax.
  template <typename T>
  struct Shift {
    T maximum, log_sum;

    template <class D, class V>
    V log_softmax(D d, V logits) const {
      auto difference = hn::Sub(rounded<Format>(d, logits), hn::Set(d, maximum));
      if constexpr (kEvery) difference = rounded<Format>(d, difference);
      return rounded<Format>(d, hn::Sub(difference, hn::Set(d, log_sum)));
    }
    T log_softmax(T logit) const {
      const hn::ScalableTag<T> d;
      return hn::GetLane(log_softmax(d, hn::Set(d, logit)));
    }
  };

  template <typename T>
  static Shift<T> shift(const T* row, std::int64_t panel_stride, std::int64_t n) {
    const T maximum = rounded_to<Format>(row_maximum(row, panel_stride, n));  // rounding keeps order
    const T sum = sum_of_exps<Format, kEvery, kEvery>(row, panel_stride, n, maximum);
    if (kRounding == LossRounding::kResults) return {maximum, std::log(sum)};
    return {maximum, rounded_to<Format>(std::log(rounded_to<Format>(sum)))};
  }

  /// Of log softmax in the direction scale at the label, as automatic differentiation forms it: the mean's gradient is
  /// a number of the format, too.
  template <typename T>
  static double row_gradient(T* row, std::int64_t panel_stride, std::int64_t n, std::int64_t label, T scale) {
    const hn::ScalableTag<T> d;
    const Shift<T> s = shift(row, panel_stride, n);
    const T factor = rounded_to<Format>(scale);
    const std::int64_t label_at = element_offset<T>(panel_stride, label);
    const T log_p = s.log_softmax(row[label_at]);
    T p = exp_of(log_p);
    if constexpr (kEvery) p = rounded_to<Format>(p);
    T product = p * factor;
    if constexpr (kEvery) product = rounded_to<Format>(product);
    const auto factor_v = hn::Set(d, factor);
    for_row_vectors<T>(panel_stride, n, [&](std::int64_t at, auto mask) {
      auto softmax = hn::Exp(d, s.log_softmax(d, hn::Load(d, row + at)));
      if constexpr (kEvery) softmax = rounded<Format>(d, softmax);
      hn::Store(hn::IfThenElseZero(mask, rounded<Format>(d, hn::Mul(softmax, factor_v))), d, row + at);
    });
    row[label_at] = rounded_to<Format>(product - factor);
    return static_cast<double>(s.maximum) + static_cast<double>(log_p);  // not finite if the format overflows
  }

  template <typename T>
  static double gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t n, T scale) {
    double check = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      check += row_gradient<T>(logits.data + r * logits.row_stride, logits.panel_stride, n, labels[r], scale);
    }
    return check;
  }
  template <typename T>
  static double row_loss(const T* row, std::int64_t panel_stride, std::int64_t classes, std::int64_t label) {
    const Shift<T> s = shift(row, panel_stride, classes);
    if (!std::isfinite(s.maximum)) return std::numeric_limits<double>::quiet_NaN();
    return -static_cast<double>(s.log_softmax(row[element_offset<T>(panel_stride, label)]));
  }
  template <typename T>
  static bool collapsed(const T* row, std::int64_t panel_stride, std::int64_t classes, double) {
    const T maximum = rounded_to<Format>(row_maximum(row, panel_stride, classes));
    return rounded_to<Format>(sum_of_exps<Format, kEvery, true>(row, panel_stride, classes, maximum)) == T(1);
  }
};

/// As many numbers of a row as fit a vector of the wider of two types: T in memory, C to compute with.
template <typename T, typename C>
struct CastLanes {
  using Wide = hn::ScalableTag<std::conditional_t<(sizeof(T) > sizeof(C)), T, C>>;
  using DT = hn::Rebind<T, Wide>;
  using DC = hn::Rebind<C, Wide>;

  static HWY_INLINE auto load(const T* from) {
    const auto x = hn::LoadU(DT(), from);
    if constexpr (sizeof(T) < sizeof(C)) {
      return hn::PromoteTo(DC(), x);
    } else if constexpr (sizeof(T) > sizeof(C)) {
      return hn::DemoteTo(DC(), x);
    } else {
      return x;
    }
  }
  template <class V>
  static HWY_INLINE void store(V x, T* to) {
    if constexpr (sizeof(T) < sizeof(C)) {
      hn::StoreU(hn::DemoteTo(DT(), x), DT(), to);
    } else if constexpr (sizeof(T) > sizeof(C)) {
      hn::StoreU(hn::PromoteTo(DT(), x), DT(), to);
    } else {
      hn::StoreU(x, DT(), to);
    }
  }
  /// f(offset, mask of real columns) for each of them; a panel is a whole number of vectors of either type.
  template <class F>
  static HWY_INLINE void for_row(std::int64_t panel_stride, std::int64_t n, F f) {
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(Wide()));
    for (std::int64_t col = 0; col < n; col += lanes) {
      f(element_offset<T>(panel_stride, col),
        hn::FirstN(DC(), static_cast<std::size_t>(n - col < lanes ? n - col : lanes)));
    }
  }
};

/// All of log softmax and its gradient in C; logits are cast to it, and the gradient back.
template <typename C>
struct CastCrossEntropy {
  template <typename T>
  static void shift(const T* row, std::int64_t panel_stride, std::int64_t n, C* maximum, C* log_sum) {
    using Lanes = CastLanes<T, C>;
    const typename Lanes::DC d;
    *maximum = static_cast<C>(row_maximum(row, panel_stride, n));
    const auto maximum_v = hn::Set(d, *maximum);
    auto sum = hn::Zero(d);
    Lanes::for_row(panel_stride, n, [&](std::int64_t at, auto mask) {
      sum = hn::Add(sum, hn::IfThenElseZero(mask, hn::Exp(d, hn::Sub(Lanes::load(row + at), maximum_v))));
    });
    *log_sum = std::log(hn::GetLane(hn::SumOfLanes(d, sum)));
  }

  template <typename T>
  static double gradient(PanelView<T> logits, const std::int32_t* labels, std::int64_t rows, std::int64_t n,
                         double scale) {
    using Lanes = CastLanes<T, C>;
    const typename Lanes::DC d;
    const C factor = static_cast<C>(scale);
    const auto factor_v = hn::Set(d, factor);
    double check = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      T* const row = logits.data + r * logits.row_stride;
      C maximum, log_sum;
      shift(row, logits.panel_stride, n, &maximum, &log_sum);
      const auto maximum_v = hn::Set(d, maximum), log_sum_v = hn::Set(d, log_sum);
      T& label_entry = row[element_offset<T>(logits.panel_stride, labels[r])];
      const C log_p = (static_cast<C>(label_entry) - maximum) - log_sum;
      Lanes::for_row(logits.panel_stride, n, [&](std::int64_t at, auto mask) {
        const auto other = hn::Sub(hn::Sub(Lanes::load(row + at), maximum_v), log_sum_v);
        Lanes::store(hn::IfThenElseZero(mask, hn::Mul(hn::Exp(d, other), factor_v)), row + at);
      });
      label_entry = static_cast<T>(exp_of(log_p) * factor - factor);
      check += static_cast<double>(maximum) + static_cast<double>(log_p);
    }
    return check;
  }
  template <typename T>
  static double row_loss(const T* row, std::int64_t panel_stride, std::int64_t classes, std::int64_t label) {
    C maximum, log_sum;
    shift(row, panel_stride, classes, &maximum, &log_sum);
    return -static_cast<double>((static_cast<C>(row[element_offset<T>(panel_stride, label)]) - maximum) - log_sum);
  }
  template <typename T>
  static bool collapsed(const T*, std::int64_t, std::int64_t, double rest) {
    return static_cast<C>(1.0 + rest) == C(1);
  }
};

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_FORMAT_LOSS_INL_H_
