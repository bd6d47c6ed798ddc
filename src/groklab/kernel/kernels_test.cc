// Every kernel of every instruction set of this machine against plain loops in double, for sizes around the vector
// and panel widths. Tolerances are counts of roundings times the type's epsilon.
#include "groklab/kernel/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "groklab/base/random.h"
#include "groklab/tensor/buffer.h"

namespace groklab {
namespace {

using Plain = std::vector<double>;  // row-major reference matrix

/// A matrix in panels, filled from a row-major one.
template <typename T>
struct Panels {
  Panels(const Kernels<T>& kernels, std::int64_t rows, std::int64_t n)
      : width(kernels.width), rows(rows), n(n), buffer((n + width - 1) / width * width * rows) {}
  PanelView<T> view() { return {buffer.data(), width, rows * width}; }
  PanelView<const T> cview() const { return {buffer.data(), width, rows * width}; }
  T& at(std::int64_t r, std::int64_t c) { return buffer[(c / width) * rows * width + r * width + c % width]; }
  void fill(const Plain& values) {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < n; ++c) at(r, c) = static_cast<T>(values[static_cast<std::size_t>(r * n + c)]);
    }
  }
  Plain plain() {
    Plain out;
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < n; ++c) out.push_back(static_cast<double>(at(r, c)));
    }
    return out;
  }
  std::int64_t width, rows, n;
  AlignedBuffer<T> buffer;
};

template <typename T>
Plain random_matrix(std::int64_t size, std::uint64_t seed) {
  RandomStream stream(seed, StreamPurpose::kBootstrap);
  Plain values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(static_cast<double>(static_cast<T>(stream.next_normal())));
  return values;
}

/// max |a - b| / max |b|.
double worst(const Plain& a, const Plain& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0, scale = 1e-300;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::isfinite(a[i]) ? std::abs(a[i] - b[i]) : 1e300);
    scale = std::max(scale, std::abs(b[i]));
  }
  return difference / scale;
}

template <typename T>
class KernelTest : public ::testing::Test {
 protected:
  static constexpr double kEpsilon = std::numeric_limits<T>::epsilon();
  void for_each(const std::function<void(const Kernels<T>&)>& body) {
    const auto tables = all_kernels<T>();
    ASSERT_FALSE(tables.empty());
    for (const Kernels<T>* kernels : tables) {
      SCOPED_TRACE(kernels->instruction_set);
      body(*kernels);
    }
  }
};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(KernelTest, Types);

struct Size {
  std::int64_t rows, n, depth;
};
const Size kSizes[] = {{1, 1, 1},   {2, 3, 5},    {13, 16, 32},  {14, 17, 33},
                       {27, 31, 7}, {40, 33, 64}, {65, 64, 113}, {7, 113, 48}};

TYPED_TEST(KernelTest, ProductsAgreeWithPlainLoops) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    for (const auto& [rows, n, depth] : kSizes) {
      const Plain a = random_matrix<T>(rows * depth, 1), b = random_matrix<T>(depth * n, 2);
      const Plain c = random_matrix<T>(rows * n, 3), bias = random_matrix<T>(n, 4);
      Panels<T> pa(k, rows, depth), pc(k, rows, n), addend(k, rows, n);
      pa.fill(a);
      addend.fill(c);
      AlignedBuffer<T> weights(depth * n), packed((n + k.width - 1) / k.width * k.width * depth),
          padded_bias(n + k.width);
      for (std::int64_t i = 0; i < depth * n; ++i) weights[i] = static_cast<T>(b[static_cast<std::size_t>(i)]);
      for (std::int64_t i = 0; i < n; ++i) padded_bias[i] = static_cast<T>(bias[static_cast<std::size_t>(i)]);
      for (std::int64_t col = 0; col < n; col += k.width) {
        pack_panel(packed.data() + col * depth, BlockedView<const T>{weights.data(), n, n, 0}, depth, col, n, k.width);
      }
      Plain expected(static_cast<std::size_t>(rows * n)), transposed(static_cast<std::size_t>(depth * n));
      for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t j = 0; j < n; ++j) {
          double sum = bias[static_cast<std::size_t>(j)] + c[static_cast<std::size_t>(r * n + j)];
          for (std::int64_t i = 0; i < depth; ++i) {
            sum += a[static_cast<std::size_t>(r * depth + i)] * b[static_cast<std::size_t>(i * n + j)];
            transposed[static_cast<std::size_t>(i * n + j)] +=
                a[static_cast<std::size_t>(r * depth + i)] * c[static_cast<std::size_t>(r * n + j)];
          }
          expected[static_cast<std::size_t>(r * n + j)] = sum;
        }
      }
      Epilogue<T> epilogue;
      epilogue.bias = padded_bias.data();
      epilogue.addend = addend.cview();
      k.nn(pc.view(), pa.cview(), packed.data(), rows, n, depth, epilogue);
      const double tolerance = (4.0 + static_cast<double>(std::max(depth, rows))) * this->kEpsilon;
      EXPECT_LT(worst(pc.plain(), expected), tolerance) << rows << " " << n << " " << depth;
      // relu; then the mask in place, from signs that have nothing to do with the product's (a plain relu would fail)
      epilogue.kind = EpilogueKind::kRelu;
      k.nn(pc.view(), pa.cview(), packed.data(), rows, n, depth, epilogue);
      Plain relu = expected;
      for (double& v : relu) v = std::max(v, 0.0);
      EXPECT_LT(worst(pc.plain(), relu), tolerance);
      epilogue.kind = EpilogueKind::kReluMask;
      Plain mask = random_matrix<T>(rows * n, 8), masked = expected;
      for (std::size_t i = 0; i < mask.size(); ++i) {
        mask[i] = std::max(mask[i], 0.0);
        if (mask[i] == 0) masked[i] = 0;
      }
      pc.fill(mask);
      k.nn(pc.view(), pa.cview(), packed.data(), rows, n, depth, epilogue);
      EXPECT_LT(worst(pc.plain(), masked), tolerance);
      // G = A^T C, then twice that by accumulation
      AlignedBuffer<T> g((n + k.width - 1) / k.width * k.width * depth);
      for (const double factor : {1.0, 2.0}) {
        k.tn(g.data(), pa.cview(), addend.cview(), rows, n, depth, factor > 1.0);
        AlignedBuffer<T> flat(depth * n);
        for (std::int64_t col = 0; col < n; col += k.width) {
          unpack_panel(BlockedView<T>{flat.data(), n, n, 0}, g.data() + col * depth, depth, col, n, k.width, false);
        }
        Plain found(flat.data(), flat.data() + flat.size());
        for (double& v : found) v /= factor;
        EXPECT_LT(worst(found, transposed), tolerance) << rows << " " << n << " " << depth;
      }
    }
  });
}

TYPED_TEST(KernelTest, ResultDoesNotDependOnTheHeightOfTheBlock) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    const std::int64_t rows = 40, n = 33, depth = 50;
    Panels<T> a(k, rows, depth), all(k, rows, n), one(k, rows, n);
    a.fill(random_matrix<T>(rows * depth, 1));
    AlignedBuffer<T> packed((n + k.width - 1) / k.width * k.width * depth);
    const Plain b = random_matrix<T>(packed.size(), 2);
    for (std::int64_t i = 0; i < packed.size(); ++i) packed[i] = static_cast<T>(b[static_cast<std::size_t>(i)]);
    k.nn(all.view(), a.cview(), packed.data(), rows, n, depth, Epilogue<T>{});
    for (std::int64_t r = 0; r < rows; ++r) {
      PanelView<T> to = one.view();
      PanelView<const T> from = a.cview();
      to.data += r * to.row_stride;
      from.data += r * from.row_stride;
      k.nn(to, from, packed.data(), 1, n, depth, Epilogue<T>{});
    }
    EXPECT_EQ(all.plain(), one.plain());
  });
}

TYPED_TEST(KernelTest, PackedTransposeIsTheTransposePacked) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    const std::int64_t heads = 3, depth = 37, block = 11, n = heads * block;  // [heads, depth, block]
    const Plain values = random_matrix<T>(depth * n, 5);
    AlignedBuffer<T> source(depth * n);
    for (std::int64_t i = 0; i < depth * n; ++i) source[i] = static_cast<T>(values[static_cast<std::size_t>(i)]);
    const BlockedView<const T> view{source.data(), block, block, depth * block};
    for (std::int64_t row = 0; row < depth; row += k.width) {
      AlignedBuffer<T> panel(n * k.width);
      pack_transposed_panel(panel.data(), view, depth, row, n, k.width);
      for (std::int64_t j = 0; j < n; ++j) {
        for (std::int64_t i = 0; i < k.width; ++i) {
          const T expected =
              row + i < depth ? source[(j / block) * depth * block + (row + i) * block + j % block] : T(0);
          ASSERT_EQ(panel[j * k.width + i], expected);
        }
      }
    }
  });
}

TYPED_TEST(KernelTest, ActivationsAgreeWithTheirFormulas) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    Plain x;
    for (double v = -9; v <= 9; v += 0.03125) x.push_back(v);
    const auto n = static_cast<std::int64_t>(x.size());
    for (const Activation activation : {Activation::kRelu, Activation::kGelu, Activation::kQuadratic}) {
      Panels<T> in(k, 1, n), out(k, 1, n), grad(k, 1, n);
      in.fill(x);
      grad.fill(Plain(x.size(), 1.0));
      k.activate(out.view(), in.cview(), 1, n, activation);
      k.activate_gradient(grad.view(), in.cview(), 1, n, activation);
      for (std::int64_t i = 0; i < n; ++i) {
        const double v = x[static_cast<std::size_t>(i)];
        const double cdf = 0.5 * std::erfc(-v / std::sqrt(2.0)), density = std::exp(-v * v / 2) * 0.3989422804014327;
        double value = v > 0 ? v : 0, slope = v > 0 ? 1 : 0;
        if (activation == Activation::kQuadratic) value = v * v, slope = 2 * v;
        if (activation == Activation::kGelu) value = v * cdf, slope = cdf + v * density;
        const double tolerance = 4 * this->kEpsilon * std::max(1.0, std::abs(v));
        EXPECT_NEAR(static_cast<double>(out.at(0, i)), value, tolerance * std::max(1.0, std::abs(v)));
        EXPECT_NEAR(static_cast<double>(grad.at(0, i)), slope, tolerance);
      }
    }
  });
}

TYPED_TEST(KernelTest, StableGradientKeepsItsDigitsWhereTheFrameworksCancels) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    const double gap = std::is_same_v<T, float> ? 25.0 : 45.0;  // e^-25 < 2^-24 / 100, e^-45 < 2^-53 / 100
    const std::int64_t n = 19;
    const std::int32_t label = 4;
    for (const bool is_stable : {true, false}) {
      const LossKernels<T>& loss = is_stable ? k.cross_entropy : k.framework_cross_entropy;
      Panels<T> logits(k, 1, n);
      logits.at(0, label) = static_cast<T>(gap);
      RowStatistics statistics;
      loss.statistics(&statistics, logits.cview(), &label, 1, n);
      loss.gradient(logits.view(), &label, 1, n, 1.0);
      const double others = 18 * std::exp(-gap);
      const double gradient = static_cast<double>(logits.at(0, label));
      if (is_stable) {
        EXPECT_NEAR(gradient / -others, 1.0, 40 * this->kEpsilon);
        EXPECT_NEAR(statistics.loss / others, 1.0, 40 * this->kEpsilon);
      } else {
        EXPECT_EQ(gradient, 0.0);  // p - 1 rounds away
        EXPECT_EQ(statistics.loss, 0.0);
      }
      EXPECT_TRUE(statistics.collapsed);
    }
  });
}

TYPED_TEST(KernelTest, LossGradientsAgreeWithSoftmax) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    for (const std::int64_t n : {1, 2, 7, 16, 17, 33, 113}) {
      const std::int64_t rows = 5;
      const Plain l = random_matrix<T>(rows * n, 9);
      std::vector<std::int32_t> labels;
      for (std::int64_t r = 0; r < rows; ++r) labels.push_back(static_cast<std::int32_t>((r * 5 + 3) % n));
      for (const int mode : {0, 1, 2}) {
        const LossKernels<T>& loss = mode == 0   ? k.cross_entropy
                                     : mode == 1 ? k.framework_cross_entropy
                                                 : k.mean_squared;
        Panels<T> logits(k, rows, n);
        logits.fill(l);
        std::vector<RowStatistics> statistics(static_cast<std::size_t>(rows));
        loss.statistics(statistics.data(), logits.cview(), labels.data(), rows, n);
        EXPECT_TRUE(std::isfinite(loss.gradient(logits.view(), labels.data(), rows, n, 0.25)));
        Plain expected;
        for (std::int64_t r = 0; r < rows; ++r) {
          const double* row = l.data() + r * n;
          const auto y = labels[static_cast<std::size_t>(r)];
          double sum = 0, squares = 0;
          for (std::int64_t c = 0; c < n; ++c) {
            sum += std::exp(row[c]);
            squares += (row[c] - (c == y)) * (row[c] - (c == y));
          }
          for (std::int64_t c = 0; c < n; ++c) {
            const double onehot = c == y ? 1 : 0;
            expected.push_back(
                0.25 * (mode == 2 ? 2 * (row[c] - onehot) / static_cast<double>(n) : std::exp(row[c]) / sum - onehot));
          }
          const double row_loss = mode == 2 ? squares / static_cast<double>(n) : std::log(sum) - row[y];
          EXPECT_NEAR(statistics[static_cast<std::size_t>(r)].loss, row_loss, 200 * this->kEpsilon);
        }
        const Plain found = logits.plain();
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 20 * this->kEpsilon);
      }
    }
  });
}

TYPED_TEST(KernelTest, StableMaxFollowsItsFormula) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    for (const std::int64_t n : {1, 2, 7, 16, 17, 33, 113}) {
      const std::int64_t rows = 5;
      Plain l = random_matrix<T>(rows * n, 11);
      for (double& value : l) value *= 4;
      std::vector<std::int32_t> labels;
      for (std::int64_t r = 0; r < rows; ++r) labels.push_back(static_cast<std::int32_t>((r * 5 + 3) % n));
      Panels<T> logits(k, rows, n);
      logits.fill(l);
      l = logits.plain();  // as rounded
      std::vector<RowStatistics> statistics(static_cast<std::size_t>(rows));
      k.stable_max.statistics(statistics.data(), logits.cview(), labels.data(), rows, n);
      EXPECT_TRUE(std::isfinite(k.stable_max.gradient(logits.view(), labels.data(), rows, n, 0.25)));
      const Plain found = logits.plain();
      const auto s = [](double x) { return x < 0 ? 1 / (1 - x) : x + 1; };
      for (std::int64_t r = 0; r < rows; ++r) {
        const double* row = l.data() + r * n;
        const auto y = labels[static_cast<std::size_t>(r)];
        double sum = 0;
        for (std::int64_t c = 0; c < n; ++c) sum += s(row[c]);
        EXPECT_NEAR(statistics[static_cast<std::size_t>(r)].loss, std::log(sum / s(row[y])), 200 * this->kEpsilon);
        for (std::int64_t c = 0; c < n; ++c) {
          const double slope = row[c] < 0 ? s(row[c]) * s(row[c]) : 1;
          const double expected = 0.25 * slope * (1 / sum - (c == y ? 1 / s(row[c]) : 0));
          EXPECT_NEAR(found[static_cast<std::size_t>(r * n + c)], expected, 20 * this->kEpsilon) << n;
        }
      }
    }
  });
}

TYPED_TEST(KernelTest, NanAndInfinityAreSeen) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
      for (const std::int64_t at : {0, 6, 18}) {
        Panels<T> logits(k, 1, 19);
        logits.at(0, at) = bad;
        const std::int32_t label = 6;
        RowStatistics statistics;
        k.cross_entropy.statistics(&statistics, logits.cview(), &label, 1, 19);
        EXPECT_TRUE(std::isnan(statistics.loss));
        EXPECT_FALSE(std::isfinite(k.cross_entropy.gradient(logits.view(), &label, 1, 19, 1.0)));
        logits.at(0, at) = bad;
        k.stable_max.statistics(&statistics, logits.cview(), &label, 1, 19);
        EXPECT_TRUE(std::isnan(statistics.loss));
        EXPECT_FALSE(std::isfinite(k.stable_max.gradient(logits.view(), &label, 1, 19, 1.0)));
      }
    }
  });
}

TYPED_TEST(KernelTest, AdamFollowsItsFormula) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    const std::int64_t n = 48;
    const Plain p0 = random_matrix<T>(n, 1), g = random_matrix<T>(n, 2), m0 = random_matrix<T>(n, 3);
    AdamCoefficients c;
    c.shrink = 0.999;
    c.l2 = 0.5;
    c.one_minus_beta1 = 0.1;
    c.beta2 = 0.98;
    c.one_minus_beta2 = 0.02;
    c.step_size = 0.01;
    c.sqrt_correction2 = 0.7;
    c.epsilon = 1e-8;
    AlignedBuffer<T> p(n), m(n), v(n), gradient(n);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      p[i] = static_cast<T>(p0[at]);
      m[i] = static_cast<T>(m0[at]);
      v[i] = static_cast<T>(m0[at] * m0[at]);
      gradient[i] = static_cast<T>(g[at]);
    }
    const double squares = k.adam(p.data(), m.data(), v.data(), gradient.data(), n, c, true);
    double expected_squares = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double gi = g[at] + c.l2 * p0[at];
      const double mi = m0[at] + (gi - m0[at]) * c.one_minus_beta1;
      const double vi = m0[at] * m0[at] * c.beta2 + gi * gi * c.one_minus_beta2;
      const double pi = p0[at] * c.shrink - c.step_size * mi / (std::sqrt(vi) / c.sqrt_correction2 + c.epsilon);
      expected_squares += (pi - p0[at]) * (pi - p0[at]);
      EXPECT_NEAR(static_cast<double>(p[i]), pi, 20 * this->kEpsilon * (1 + std::abs(pi)));
    }
    EXPECT_NEAR(squares, expected_squares, 1e3 * this->kEpsilon * expected_squares);
  });
}

TYPED_TEST(KernelTest, SumsAndNorms) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k) {
    for (const std::int64_t n : {0, 1, 15, 16, 17, 4095, 4096, 10001}) {
      const Plain x = random_matrix<T>(n, 6);
      AlignedBuffer<T> values(n), sum(n);
      double expected = 0;
      for (std::int64_t i = 0; i < n; ++i) {
        values[i] = static_cast<T>(x[static_cast<std::size_t>(i)]);
        sum[i] = static_cast<T>(1);
        expected += x[static_cast<std::size_t>(i)] * x[static_cast<std::size_t>(i)];
      }
      EXPECT_NEAR(k.sum_squares(values.data(), n), expected, 300 * this->kEpsilon * expected);
      k.add(sum.data(), values.data(), n);
      for (std::int64_t i = 0; i < n; ++i) ASSERT_EQ(sum[i], static_cast<T>(1) + values[i]);
    }
    Panels<T> matrix(k, 9, 35);
    const Plain x = random_matrix<T>(9 * 35, 7);
    matrix.fill(x);
    AlignedBuffer<T> sums(35 + k.width);
    k.column_sums(sums.data(), matrix.cview(), 9, 35, false);
    k.column_sums(sums.data(), matrix.cview(), 9, 35, true);
    for (std::int64_t c = 0; c < 35; ++c) {
      double expected = 0;
      for (std::int64_t r = 0; r < 9; ++r) expected += 2 * x[static_cast<std::size_t>(r * 35 + c)];
      EXPECT_NEAR(static_cast<double>(sums[c]), expected, 60 * this->kEpsilon);
    }
  });
}

}  // namespace
}  // namespace groklab
