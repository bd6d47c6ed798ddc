// Nuclear-norm penalty: weight * the sum of the singular values of the chosen matrices joins the loss. The gradient
// of a matrix U S V^T is U V^T.
#include <Eigen/SVD>
#include <limits>
#include <string>

#include "groklab/base/error.h"
#include "groklab/optim/penalty.h"
#include "groklab/optim/tensor_choice.h"
#include "groklab/optim/tensor_matrix.h"

namespace groklab {
namespace {

constexpr const char* kWeight = "penalty.nuclear.weight";
constexpr const char* kTensors = "penalty.nuclear.tensors";

/// In double for both precisions: singular values that differ a thousandfold leave float32 few digits of U V^T.
template <typename T>
Eigen::MatrixXd read_matrix(const T* parameters, const MatrixPlace& place) {
  Eigen::MatrixXd matrix(place.depth, place.n);
  for (std::int64_t n = 0; n < place.n; ++n) {
    for (std::int64_t k = 0; k < place.depth; ++k) {
      matrix(k, n) = static_cast<double>(parameters[place_of(place, k, n)]);
    }
  }
  return matrix;
}

/// U V^T over the singular values that are not zero to rounding: of all subgradients the smallest.
Eigen::MatrixXd polar_factor(const Eigen::MatrixXd& matrix) {
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::VectorXd& values = svd.singularValues();
  const double smallest =
      values(0) * std::numeric_limits<double>::epsilon() * static_cast<double>(std::max(matrix.rows(), matrix.cols()));
  Eigen::Index rank = 0;
  while (rank < values.size() && values(rank) > smallest) ++rank;
  return svd.matrixU().leftCols(rank) * svd.matrixV().leftCols(rank).transpose();
}

template <typename T>
class NuclearPenalty final : public Penalty<T> {
 public:
  explicit NuclearPenalty(const StepSetup<T>& setup) : weight_(number_setting(setup.config, kWeight)) {
    const std::string& globs = text_setting(setup.config, kTensors);
    const std::vector<bool> chosen = chosen_tensors(kTensors, globs, setup.layout);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const TensorSpec& spec = setup.layout.tensors()[i];
      if (chosen[i] && is_matrix(spec)) matrices_.push_back(seen_as_matrix(spec));
    }
    if (matrices_.empty()) {
      fail(ErrorKind::kConfig, "{} = {}: expected the name of a matrix among them, found none", kTensors, globs);
    }
  }

  void add_gradient(T* gradient, const T* parameters, ThreadPool& pool) override {
    pool.run(static_cast<std::int64_t>(matrices_.size()), [&](std::int64_t index, int) {
      const MatrixPlace& place = matrices_[static_cast<std::size_t>(index)];
      const Eigen::MatrixXd matrix = read_matrix(parameters, place);
      if (!matrix.allFinite()) return;  // the run has diverged: the next loss says so
      const Eigen::MatrixXd factor = polar_factor(matrix);
      for (std::int64_t k = 0; k < place.depth; ++k) {
        for (std::int64_t n = 0; n < place.n; ++n) {
          gradient[place_of(place, k, n)] += static_cast<T>(weight_ * factor(k, n));
        }
      }
    });
  }

  double value(const T* parameters) const override {
    double sum = 0;
    for (const MatrixPlace& place : matrices_) {
      sum += Eigen::BDCSVD<Eigen::MatrixXd>(read_matrix(parameters, place)).singularValues().sum();
    }
    return weight_ * sum;
  }

 private:
  double weight_;
  std::vector<MatrixPlace> matrices_;
};

}  // namespace

const PenaltyDescriptor& nuclear_penalty() {
  static const auto descriptor = describe<Penalty, NuclearPenalty>(
      {.name = "penalty.nuclear",
       .meaning =
           "Nuclear-norm penalty: weight times the sum of each matrix' singular values joins the loss, heads side "
           "by side as one matrix; singular values that are 0 have no gradient",
       .keys = {number_key(kWeight, 0, at_least(0), "", "Factor on the sum of singular values; 0 switches it off."),
                text_key(kTensors, "*W*", "comma-separated patterns with * and ?",
                         "Names of the tensors it acts on; those that are no matrices are passed over.")},
       .active = [](const Config& config) { return number_setting(config, kWeight) > 0; }});
  return descriptor;
}

}  // namespace groklab
