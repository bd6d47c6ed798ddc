// MatrixSet: whatever a tensor's layout, packed products equal plain loops over the logical matrix, and gradients
// come back to the places their weights lie at.
#include "groklab/model/matrix_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "groklab/base/random.h"

namespace groklab {
namespace {

using Plain = std::vector<double>;

Plain random_numbers(std::int64_t size, std::uint64_t seed) {
  RandomStream stream(seed, StreamPurpose::kBootstrap);
  Plain values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(stream.next_normal());
  return values;
}

/// A logical matrix: where element (k, j) lies in the parameter buffer, said apart from MatrixPlace.
struct Case {
  std::string name;
  MatrixPlace place;
  std::int64_t depth, n;
  std::function<std::int64_t(std::int64_t k, std::int64_t j)> at;
};

/// Tensors around the panels' width, each in every way a model reads it.
struct Tensors {
  Tensors() {
    layout.add("W_in", {37, 21});    // [d_model, d_mlp]
    layout.add("W_Q", {3, 19, 11});  // [heads, d_model, d_head]
    layout.add("W_O", {3, 11, 19});  // [heads, d_head, d_model]
    layout.add("W_E", {23, 18});     // [d_vocab, d_model]
    layout.add("b", {21});
  }
  std::vector<Case> cases() const {
    const TensorSpec &in = layout.at("W_in"), &q = layout.at("W_Q"), &o = layout.at("W_O"), &e = layout.at("W_E");
    return {
        {"plain", plain_matrix(in), 37, 21, [&in](auto k, auto j) { return in.offset + k * 21 + j; }},
        {"heads as columns", heads_as_columns(q), 19, 33,
         [&q](auto k, auto j) { return q.offset + (j / 11) * 19 * 11 + k * 11 + j % 11; }},
        {"heads as rows", heads_as_rows(o), 33, 19, [&o](auto k, auto j) { return o.offset + k * 19 + j; }},
        {"one head", one_head(q, 2), 19, 11, [&q](auto k, auto j) { return q.offset + 2 * 19 * 11 + k * 11 + j; }},
        {"transposed", transposed(e, 20), 18, 20, [&e](auto k, auto j) { return e.offset + j * 18 + k; }},
    };
  }
  ParameterLayout layout;
};

/// A matrix in panels of `width` columns, as the kernels take it.
struct Panels {
  Panels(std::int64_t rows, std::int64_t n, std::int64_t width)
      : rows(rows), n(n), width(width), buffer((n + width - 1) / width * width * rows) {}
  double& at(std::int64_t r, std::int64_t c) { return buffer[(c / width) * rows * width + r * width + c % width]; }
  PanelView<double> view() { return {buffer.data(), width, rows * width}; }
  PanelView<const double> cview() const { return {buffer.data(), width, rows * width}; }
  void fill(const Plain& values) {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < n; ++c) at(r, c) = values[static_cast<std::size_t>(r * n + c)];
    }
  }
  std::int64_t rows, n, width;
  AlignedBuffer<double> buffer;
};

class MatrixSetTest : public ::testing::Test {
 protected:
  const Tensors tensors_;
  const Kernels<double>& kernels_ = best_kernels<double>();
  ThreadPool pool_{2};
  const Plain weights_ = random_numbers(tensors_.layout.total(), 1);
  double weight(std::int64_t at) const { return weights_[static_cast<std::size_t>(at)]; }
};

// Catches: a wrong stride, block or offset of a layout; matrices that are packed over each other.
TEST_F(MatrixSetTest, PackedProductsEqualPlainLoopsForEveryLayout) {
  MatrixSet<double> set(kernels_);
  const std::vector<Case> cases = tensors_.cases();
  std::vector<MatrixId> ids;
  for (const Case& c : cases) ids.push_back(set.add_matrix(c.place, {}));
  set.pack_all(weights_.data(), pool_);
  const std::int64_t rows = 5;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    SCOPED_TRACE(c.name);
    Panels x(rows, c.depth, kernels_.width), y(rows, c.n, kernels_.width);
    x.fill(random_numbers(rows * c.depth, 2));
    kernels_.nn(y.view(), x.cview(), set.packed(ids[i]), rows, c.n, c.depth, {});
    Panels dy(rows, c.n, kernels_.width), dx(rows, c.depth, kernels_.width);
    dy.fill(random_numbers(rows * c.n, 3));
    kernels_.nn(dx.view(), dy.cview(), set.packed_transposed(ids[i]), rows, c.depth, c.n, {});
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t j = 0; j < c.n; ++j) {
        double sum = 0;
        for (std::int64_t k = 0; k < c.depth; ++k) sum += x.at(r, k) * weight(c.at(k, j));
        ASSERT_NEAR(y.at(r, j), sum, 1e-12);
      }
      for (std::int64_t k = 0; k < c.depth; ++k) {
        double sum = 0;
        for (std::int64_t j = 0; j < c.n; ++j) sum += dy.at(r, j) * weight(c.at(k, j));
        ASSERT_NEAR(dx.at(r, k), sum, 1e-12);
      }
    }
  }
}

/// Writes `values` [depth, n] into an accumulator's panels at `at`.
void accumulate(AlignedBuffer<double>& accumulator, std::int64_t at, const Case& c, std::int64_t width,
                const Plain& values) {
  for (std::int64_t k = 0; k < c.depth; ++k) {
    for (std::int64_t j = 0; j < c.n; ++j) {
      accumulator[at + (j / width) * c.depth * width + k * width + j % width] =
          values[static_cast<std::size_t>(k * c.n + j)];
    }
  }
}

// Catches: a chunk that is not summed, a gradient at another place than its weight, a neighbour that is overwritten.
TEST_F(MatrixSetTest, GradientsOfAllChunksComeBackToTheirWeights) {
  for (const Case& c : tensors_.cases()) {
    SCOPED_TRACE(c.name);
    MatrixSet<double> set(kernels_);
    set.add_raw(5);  // so that the matrix does not begin at 0
    const MatrixId id = set.add_matrix(c.place, {});
    std::vector<AlignedBuffer<double>> chunks;
    std::vector<double*> accumulators;
    Plain total(static_cast<std::size_t>(c.depth * c.n));
    for (std::uint64_t chunk = 0; chunk < 3; ++chunk) {
      const Plain values = random_numbers(c.depth * c.n, 10 + chunk);
      chunks.emplace_back(set.accumulator_size());
      accumulate(chunks.back(), set.gradient_at(id), c, kernels_.width, values);
      for (std::size_t i = 0; i < values.size(); ++i) total[i] += values[i];
    }
    for (AlignedBuffer<double>& chunk : chunks) accumulators.push_back(chunk.data());
    Plain gradient(static_cast<std::size_t>(tensors_.layout.total()), 7.0);
    set.collect_own(gradient.data(), accumulators, pool_);
    Plain expected(gradient.size(), 7.0);
    for (std::int64_t k = 0; k < c.depth; ++k) {
      for (std::int64_t j = 0; j < c.n; ++j) {
        expected[static_cast<std::size_t>(c.at(k, j))] = total[static_cast<std::size_t>(k * c.n + j)];
      }
    }
    for (std::size_t i = 0; i < gradient.size(); ++i) ASSERT_NEAR(gradient[i], expected[i], 1e-14) << i;
  }
}

// Tied embeddings: the unembedding's gradient is added to the embedding's. Catches: it overwrites, or is added twice.
TEST_F(MatrixSetTest, ASharedMatrixAddsToWhatAnotherMemberWrote) {
  const Case tied = tensors_.cases()[4];
  const TensorSpec& spec = tensors_.layout.at("W_E");
  MatrixSet<double> set(kernels_);
  MatrixSet<double>::Use use;
  use.shared = true;
  const MatrixId embedding = set.add_matrix(plain_matrix(spec), {});
  const MatrixId id = set.add_matrix(tied.place, use);
  AlignedBuffer<double> accumulator(set.accumulator_size());
  for (std::int64_t i = 0; i < (18 + kernels_.width - 1) / kernels_.width * kernels_.width * 23; ++i) {
    accumulator[set.gradient_at(embedding) + i] = 100;
  }
  const Plain values = random_numbers(tied.depth * tied.n, 4);
  accumulate(accumulator, set.gradient_at(id), tied, kernels_.width, values);
  double* const accumulators[] = {accumulator.data()};
  Plain gradient(static_cast<std::size_t>(tensors_.layout.total()));
  set.collect_own(gradient.data(), accumulators, pool_);
  set.collect_shared(gradient.data(), accumulators);
  for (std::int64_t row = 0; row < 23; ++row) {
    for (std::int64_t k = 0; k < 18; ++k) {
      const double own = row < tied.n ? values[static_cast<std::size_t>(k * tied.n + row)] : 0.0;
      ASSERT_NEAR(gradient[static_cast<std::size_t>(spec.offset + row * 18 + k)], 100 + own, 1e-12);
    }
  }
}

// Catches: a vector that is not cleared between steps, or whose padding is written over its neighbour.
TEST_F(MatrixSetTest, VectorsAndRawNumbersAreSummedAndCleared) {
  MatrixSet<double> set(kernels_);
  const TensorSpec& bias = tensors_.layout.at("b");
  const MatrixId id = set.add_vector(bias);
  const std::int64_t raw_size = 40000;  // several pieces of 16,384
  const std::int64_t raw = set.add_raw(raw_size);
  std::vector<AlignedBuffer<double>> chunks;
  std::vector<double*> accumulators;
  for (int chunk = 1; chunk <= 2; ++chunk) {
    chunks.emplace_back(set.accumulator_size());
    for (std::int64_t i = 0; i < set.accumulator_size(); ++i) chunks.back()[i] = chunk * static_cast<double>(i);
  }
  for (AlignedBuffer<double>& chunk : chunks) accumulators.push_back(chunk.data());
  Plain gradient(static_cast<std::size_t>(tensors_.layout.total()) + 64, 7.0);
  set.collect_own(gradient.data(), accumulators, pool_);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(gradient.size()); ++i) {
    const bool inside = i >= bias.offset && i < bias.offset + bias.size;
    const double expected = inside ? 3.0 * static_cast<double>(set.gradient_at(id) + i - bias.offset) : 7.0;
    ASSERT_EQ(gradient[static_cast<std::size_t>(i)], expected) << i;
  }
  for (std::int64_t i = 0; i < raw_size; ++i) ASSERT_EQ(chunks[0][raw + i], 3.0 * static_cast<double>(raw + i)) << i;
  set.clear_accumulator(chunks[0].data());
  for (std::int64_t i = 0; i < bias.size; ++i) ASSERT_EQ(chunks[0][set.gradient_at(id) + i], 0);
  for (std::int64_t i = 0; i < raw_size; ++i) ASSERT_EQ(chunks[0][raw + i], 0);
}

}  // namespace
}  // namespace groklab
