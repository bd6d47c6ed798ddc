// The kernels around mixtures of table rows, on every instruction set of this machine, against plain loops in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "groklab/base/random.h"
#include "groklab/kernel/kernels.h"
#include "groklab/tensor/buffer.h"

namespace groklab {
namespace {

template <typename T>
void fill_random(AlignedBuffer<T>& buffer, std::uint64_t seed) {
  RandomStream stream(seed, StreamPurpose::kBootstrap);
  for (std::int64_t i = 0; i < buffer.size(); ++i) buffer[i] = static_cast<T>(stream.next_normal());
}

struct Shape {
  std::int64_t rows, slots, heads, n;
};
// Heads around the passes' 4 and 2, columns around vectors and panels, one slot, the two that have a kernel of their
// own, and three.
const Shape kShapes[] = {{1, 1, 1, 1},   {7, 2, 1, 17},  {40, 2, 2, 33},  {33, 2, 3, 16}, {29, 2, 4, 113},
                         {29, 2, 4, 64}, {31, 3, 5, 65}, {26, 2, 8, 130}, {19, 3, 4, 48}, {12, 4, 6, 97}};

/// Tables, weights, reads and a gradient for one shape; the groups are made by hand, in the order of first reading.
template <typename T>
struct Problem {
  static constexpr std::int64_t kTokens = 6;
  Problem(const Kernels<T>& kernels, const Shape& shape, bool weighted)
      : k(kernels),
        s(shape),
        table_rows(kTokens + shape.slots),
        panel(table_rows * shape.heads * kernels.mixture_width),
        panels((shape.n + kernels.mixture_width - 1) / kernels.mixture_width),
        tables(panel * panels * (weighted ? 1 : shape.slots)),
        table_gradient(tables.size()),
        weights(shape.rows * (shape.slots + 1) * shape.heads),
        base(panels * kernels.mixture_width),
        out((shape.n + kernels.width - 1) / kernels.width * kernels.width * shape.rows),
        gradient(out.size()),
        shares(shape.slots * shape.rows * kernels.mixture_share_size(shape.heads)) {
    fill_random(tables, 1);
    fill_random(weights, 2);
    fill_random(base, 3);
    fill_random(gradient, 4);
    for (std::int64_t i = 0; i < tables.size(); ++i) {  // columns behind n are zero
      if (i % (panel * panels) / panel * k.mixture_width + i % k.mixture_width >= s.n) tables[i] = T(0);
    }
    reads.resize(static_cast<std::size_t>(s.slots * s.rows));
    for (std::int64_t slot = 0; slot < s.slots; ++slot) {
      for (std::int64_t r = 0; r < s.rows; ++r) {
        reads[static_cast<std::size_t>(slot * s.rows + r)] =
            static_cast<std::int32_t>((r * (3 + slot) + slot * 2 + r / 5) % kTokens);
      }
    }
    memory.resize(static_cast<std::size_t>(s.slots));
    for (std::int64_t slot = 0; slot < s.slots; ++slot) group(slot, memory[static_cast<std::size_t>(slot)]);
    for (const Groups& g : memory) {
      groups.push_back(
          {static_cast<std::int64_t>(g.table_row.size()), g.rows.data(), g.begin.data(), g.table_row.data()});
    }
    mixture.weights = weighted ? weights.data() : nullptr;
    mixture.tables = {tables.data(), panel, weighted ? 0 : panel * panels};
    mixture.slots = s.slots;
    mixture.heads = s.heads;
    mixture.row_capacity = s.rows;
    mixture.position_row = kTokens;
    mixture.reads = reads.data();
    mixture.groups = groups.data();
  }

  struct Groups {
    std::vector<std::int32_t> rows, begin, table_row;
  };
  void group(std::int64_t slot, Groups& g) {
    for (std::int32_t token = kTokens - 1; token >= 0; --token) {
      const std::size_t before = g.rows.size();
      for (std::int64_t r = 0; r < s.rows; ++r) {
        if (read(slot, r) == token) g.rows.push_back(static_cast<std::int32_t>(r));
      }
      if (g.rows.size() == before) continue;
      g.begin.push_back(static_cast<std::int32_t>(before));
      g.table_row.push_back(token);
    }
    g.begin.push_back(static_cast<std::int32_t>(g.rows.size()));
  }
  std::int32_t read(std::int64_t slot, std::int64_t r) const {
    return reads[static_cast<std::size_t>(slot * s.rows + r)];
  }
  double weight(std::int64_t r, std::int64_t slot, std::int64_t h) const {
    return mixture.weights == nullptr ? 1.0 : static_cast<double>(weights[(r * (s.slots + 1) + slot) * s.heads + h]);
  }
  std::int64_t table_at(std::int64_t slot, std::int64_t row, std::int64_t h, std::int64_t c) const {
    return slot * mixture.tables.slot_stride + c / k.mixture_width * panel + (row * s.heads + h) * k.mixture_width +
           c % k.mixture_width;
  }
  /// What slot `slot` of head h adds to column c for a row that reads `token`, times its weight.
  double entry(std::int64_t slot, std::int64_t token, std::int64_t h, std::int64_t c) const {
    double value = static_cast<double>(tables[table_at(slot, token, h, c)]);
    if (mixture.weights != nullptr && slot + 1 < s.slots) {
      value += static_cast<double>(tables[table_at(slot, kTokens + slot, h, c)]);
    }
    return value;
  }
  std::int64_t panel_at(std::int64_t r, std::int64_t c) const {
    return c / k.width * s.rows * k.width + r * k.width + c % k.width;
  }
  PanelView<T> out_view() { return {out.data(), k.width, s.rows * k.width}; }
  PanelView<const T> gradient_view() const { return {gradient.data(), k.width, s.rows * k.width}; }

  const Kernels<T>& k;
  const Shape s;
  std::int64_t table_rows, panel, panels;
  AlignedBuffer<T> tables, table_gradient, weights, base, out, gradient, shares;
  std::vector<std::int32_t> reads;
  std::vector<Groups> memory;
  std::vector<RowGroups> groups;
  Mixture<T> mixture;
};

template <typename T>
class MixtureTest : public ::testing::Test {
 protected:
  static constexpr double kEpsilon = std::numeric_limits<T>::epsilon();
  void for_each(const std::function<void(const Kernels<T>&, const Shape&, bool)>& body) {
    for (const Kernels<T>* kernels : all_kernels<T>()) {
      for (const Shape& shape : kShapes) {
        for (const bool weighted : {true, false}) {
          if (!weighted && shape.heads > 1) continue;
          SCOPED_TRACE(std::string(kernels->instruction_set) + " rows " + std::to_string(shape.rows) + " slots " +
                       std::to_string(shape.slots) + " heads " + std::to_string(shape.heads) + " columns " +
                       std::to_string(shape.n) + (weighted ? "" : " without weights"));
          body(*kernels, shape, weighted);
        }
      }
    }
  }
};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(MixtureTest, Types);

// Catches: a slot's position that is forgotten or added twice, heads of a second pass that overwrite the first one's
// sum, relu before the last pass, a column of the last panel that is left out.
TYPED_TEST(MixtureTest, ForwardEqualsPlainLoops) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k, const Shape& s, bool weighted) {
    for (const bool relu : {false, true}) {
      Problem<T> p(k, s, weighted);
      k.mixture_forward(p.out_view(), p.base.data(), relu, p.mixture, s.n);
      for (std::int64_t r = 0; r < s.rows; ++r) {
        for (std::int64_t c = 0; c < s.n; ++c) {
          double sum = static_cast<double>(p.base[c]), size = std::abs(sum);
          for (std::int64_t slot = 0; slot < s.slots; ++slot) {
            for (std::int64_t h = 0; h < s.heads; ++h) {
              const double part = p.weight(r, slot, h) * p.entry(slot, p.read(slot, r), h, c);
              sum += part;
              size += std::abs(part);
            }
          }
          if (relu) sum = std::max(sum, 0.0);
          ASSERT_NEAR(static_cast<double>(p.out[p.panel_at(r, c)]), sum, 8 * this->kEpsilon * size) << r << " " << c;
        }
      }
    }
  });
}

// Catches: a group's gradient that goes to another row, the positions' sum left out, column sums counted once a slot.
TYPED_TEST(MixtureTest, GradientOfTablesEqualsPlainLoopsAndIsAdded) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k, const Shape& s, bool weighted) {
    Problem<T> p(k, s, weighted);
    for (std::int64_t i = 0; i < p.table_gradient.size(); ++i) p.table_gradient[i] = T(0.5);
    AlignedBuffer<T> sums(p.base.size());
    std::vector<double> expected(static_cast<std::size_t>(p.table_gradient.size()), 0.5);
    for (std::int64_t r = 0; r < s.rows; ++r) {
      for (std::int64_t c = 0; c < s.n; ++c) {
        for (std::int64_t slot = 0; slot < s.slots; ++slot) {
          for (std::int64_t h = 0; h < s.heads; ++h) {
            const double part = p.weight(r, slot, h) * static_cast<double>(p.gradient[p.panel_at(r, c)]);
            expected[static_cast<std::size_t>(p.table_at(slot, p.read(slot, r), h, c))] += part;
            if (weighted) expected[static_cast<std::size_t>(p.table_at(slot, p.kTokens + slot, h, c))] += part;
          }
        }
      }
    }
    k.mixture_backward({p.table_gradient.data(), p.panel, p.mixture.tables.slot_stride}, p.shares.data(), true,
                       sums.data(), p.gradient_view(), p.mixture, s.n);
    const double tolerance = 20 * this->kEpsilon * static_cast<double>(s.rows);
    for (std::int64_t slot = 0; slot < (weighted ? 1 : s.slots); ++slot) {
      for (std::int64_t row = 0; row < p.table_rows; ++row) {
        for (std::int64_t h = 0; h < s.heads; ++h) {
          for (std::int64_t c = 0; c < s.n; ++c) {
            const std::int64_t at = p.table_at(slot, row, h, c);
            ASSERT_NEAR(static_cast<double>(p.table_gradient[at]), expected[static_cast<std::size_t>(at)], tolerance);
          }
        }
      }
    }
    for (std::int64_t c = 0; c < s.n; ++c) {
      double sum = 0;
      for (std::int64_t r = 0; r < s.rows; ++r) sum += static_cast<double>(p.gradient[p.panel_at(r, c)]);
      ASSERT_NEAR(static_cast<double>(sums[c]), sum, tolerance);
    }
  });
}

// The weights' gradient through the softmax. Catches: heads that change places in the folded sums, a second call that
// overwrites the first one's shares, the mean over positions left out.
TYPED_TEST(MixtureTest, GradientOfScoresEqualsPlainLoops) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k, const Shape& s, bool weighted) {
    if (!weighted) return;
    Problem<T> p(k, s, true);
    AlignedBuffer<T> sums(p.base.size()), slopes(s.rows * (s.slots + 1) * s.heads);
    const MixtureTables<T> to{p.table_gradient.data(), p.panel};
    k.mixture_backward(to, p.shares.data(), true, sums.data(), p.gradient_view(), p.mixture, s.n);
    k.mixture_backward(to, p.shares.data(), false, nullptr, p.gradient_view(), p.mixture, s.n);  // twice the gradient
    const SoftmaxShape shape{s.slots + 1, s.heads, p.kTokens, s.rows};
    k.mixture_weights_backward(slopes.data(), p.shares.data(), p.weights.data(), s.rows, shape);
    for (std::int64_t r = 0; r < s.rows; ++r) {
      for (std::int64_t h = 0; h < s.heads; ++h) {
        std::vector<double> dots;
        double mean = 0, size = 1;
        for (std::int64_t slot = 0; slot < s.slots; ++slot) {
          double dot = 0;
          for (std::int64_t c = 0; c < s.n; ++c) {
            const double g = static_cast<double>(p.gradient[p.panel_at(r, c)]);
            dot += 2 * g * p.entry(slot, p.read(slot, r), h, c);
            size += std::abs(g);
          }
          dots.push_back(dot);
          mean += p.weight(r, slot, h) * dot;
        }
        dots.push_back(0);  // the last position, to whose table row the others are differences
        for (std::int64_t slot = 0; slot <= s.slots; ++slot) {
          const double expected = p.weight(r, slot, h) * (dots[static_cast<std::size_t>(slot)] - mean);
          ASSERT_NEAR(static_cast<double>(slopes[(r * (s.slots + 1) + slot) * s.heads + h]), expected,
                      600 * this->kEpsilon * size)
              << r << " " << slot << " " << h;
        }
      }
    }
  });
}

// Catches: the last position's score left out of the sum or of the maximum, rows of a last, partly filled vector.
TYPED_TEST(MixtureTest, SoftmaxOfScoresEqualsPlainLoops) {
  using T = TypeParam;
  this->for_each([&](const Kernels<T>& k, const Shape& s, bool) {
    Problem<T> p(k, s, true);
    const std::int64_t tokens = Problem<T>::kTokens, positions = s.slots + 1;
    AlignedBuffer<T> scores((s.slots * tokens + 1) * s.heads), weights(s.rows * positions * s.heads);
    fill_random(scores, 5);
    for (std::int64_t i = 0; i < scores.size(); ++i) scores[i] *= T(20);  // some weights all but vanish
    k.softmax_of_scores(weights.data(), scores.data(), p.reads.data(), s.rows, {positions, s.heads, tokens, s.rows});
    for (std::int64_t r = 0; r < s.rows; ++r) {
      for (std::int64_t h = 0; h < s.heads; ++h) {
        const auto score = [&](std::int64_t position) {
          const std::int64_t row = position < s.slots ? position * tokens + p.read(position, r) : s.slots * tokens;
          return static_cast<double>(scores[row * s.heads + h]);
        };
        double largest = score(0), sum = 0;
        for (std::int64_t i = 0; i < positions; ++i) largest = std::max(largest, score(i));
        for (std::int64_t i = 0; i < positions; ++i) sum += std::exp(score(i) - largest);
        for (std::int64_t i = 0; i < positions; ++i) {
          ASSERT_NEAR(static_cast<double>(weights[(r * positions + i) * s.heads + h]),
                      std::exp(score(i) - largest) / sum, 60 * this->kEpsilon);
        }
      }
    }
  });
}

TYPED_TEST(MixtureTest, TransposeOfEverySize) {
  using T = TypeParam;
  for (const Kernels<T>* k : all_kernels<T>()) {
    for (const std::int64_t rows : {1, 2, 3, 4, 7, 32, 33}) {
      for (const std::int64_t columns : {1, 2, 5, 8, 32, 113}) {
        AlignedBuffer<T> in(rows * (columns + 3)), out(columns * (rows + 2));
        fill_random(in, 6);
        k->transpose(out.data(), rows + 2, in.data(), columns + 3, rows, columns);
        for (std::int64_t c = 0; c < columns; ++c) {
          for (std::int64_t r = 0; r < rows + 2; ++r) {
            ASSERT_EQ(out[c * (rows + 2) + r], r < rows ? in[r * (columns + 3) + c] : T(0)) << rows << " " << columns;
          }
        }
      }
    }
  }
}

// The last columns one by one. Catches: bias or addend left out, a depth that ends inside a vector, a written
// neighbour.
TYPED_TEST(MixtureTest, DotProductsGiveTheLastColumns) {
  using T = TypeParam;
  for (const Kernels<T>* k : all_kernels<T>()) {
    for (const std::int64_t rows : {1, 5, 12, 25}) {
      for (const std::int64_t depth : {1, 16, 37, 70}) {
        for (const std::int64_t columns : {1, 2, 3, 4}) {
          const std::int64_t first = k->lanes, n = first + columns, width = k->width;
          const auto panels = [&](std::int64_t m) { return (m + width - 1) / width; };
          AlignedBuffer<T> a(panels(depth) * rows * width), b(panels(depth) * n * width), bias(panels(n) * width);
          AlignedBuffer<T> c(panels(n) * rows * width), addend(c.size());
          fill_random(a, 7);
          fill_random(b, 8);
          fill_random(bias, 9);
          fill_random(addend, 10);
          const auto at = [&](std::int64_t m, std::int64_t r, std::int64_t j) {
            return j / width * m * width + r * width + j % width;
          };
          Epilogue<T> epilogue;
          epilogue.bias = bias.data();
          epilogue.addend = {addend.data(), width, rows * width};
          k->nt({c.data(), width, rows * width}, {a.data(), width, rows * width}, {b.data(), width, n * width}, rows,
                first, n, depth, epilogue);
          for (std::int64_t r = 0; r < rows; ++r) {
            for (std::int64_t j = 0; j < n; ++j) {
              double sum = 0;
              for (std::int64_t i = 0; i < depth; ++i) {
                sum += static_cast<double>(a[at(rows, r, i)]) * static_cast<double>(b[at(n, j, i)]);
              }
              sum += static_cast<double>(bias[j]) + static_cast<double>(addend[at(rows, r, j)]);
              const double found = static_cast<double>(c[at(rows, r, j)]);
              if (j < first) {
                ASSERT_EQ(found, 0.0);
              } else {
                ASSERT_NEAR(found, sum, 100 * this->kEpsilon) << rows << " " << depth << " " << j;
              }
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace groklab
