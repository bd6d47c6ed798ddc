// The cross-entropy in number formats of its own: PyTorch's numbers row by row (tools/golden_loss_formats.py), and what
// it makes of a training.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/enum_names.h"
#include "groklab/error.h"
#include "groklab/files/safetensors.h"
#include "groklab/kernel/kernels.h"
#include "groklab/kernel/number_format.h"
#include "groklab/model/loss.h"
#include "groklab/run.h"
#include "groklab/tensor/buffer.h"

namespace groklab {
namespace {

struct GoldenLosses {
  TensorFile file =
      read_safetensors(std::filesystem::path(GROKLAB_SOURCE_DIR) / "tests" / "golden_loss_formats.safetensors");
  std::vector<double> logits = file.find("logits")->values();
  std::vector<std::int32_t> labels;
  std::int64_t rows = 0, classes = 0;

  GoldenLosses() {
    for (const double label : file.find("labels")->values()) labels.push_back(static_cast<std::int32_t>(label));
    rows = static_cast<std::int64_t>(labels.size());
    classes = static_cast<std::int64_t>(logits.size()) / rows;
  }
  std::vector<double> values(const std::string& name) const {
    const FileTensor* tensor = file.find(name);
    EXPECT_NE(tensor, nullptr) << name;
    return tensor == nullptr ? std::vector<double>{} : tensor->values();
  }
};

/// What a kernel makes of the file's rows.
struct Found {
  std::vector<double> loss, collapsed, gradient;
};

template <typename T>
Found compute(const GoldenLosses& golden, const Kernels<T>& kernels, const LossKernels<T>& loss, double mean_over) {
  const std::int64_t width = kernels.width, panels = (golden.classes + width - 1) / width;
  AlignedBuffer<T> buffer(panels * width * golden.rows);
  const auto at = [&](std::int64_t r, std::int64_t c) -> T& {
    return buffer[(c / width) * golden.rows * width + r * width + c % width];
  };
  for (std::int64_t r = 0; r < golden.rows; ++r) {
    for (std::int64_t c = 0; c < golden.classes; ++c) {
      at(r, c) = static_cast<T>(golden.logits[static_cast<std::size_t>(r * golden.classes + c)]);
    }
  }
  const PanelView<T> view{buffer.data(), width, golden.rows * width};
  std::vector<RowStatistics> statistics(static_cast<std::size_t>(golden.rows));
  loss.statistics(statistics.data(), {view.data, view.row_stride, view.panel_stride}, golden.labels.data(), golden.rows,
                  golden.classes);
  EXPECT_TRUE(std::isfinite(loss.gradient(view, golden.labels.data(), golden.rows, golden.classes, 1.0 / mean_over)));
  Found found;
  for (const RowStatistics& row : statistics) {
    found.loss.push_back(row.loss);
    found.collapsed.push_back(row.collapsed ? 1 : 0);
  }
  for (std::int64_t r = 0; r < golden.rows; ++r) {
    for (std::int64_t c = 0; c < golden.classes; ++c) found.gradient.push_back(static_cast<double>(at(r, c)));
  }
  return found;
}

/// Step between numbers of a format at |x|.
template <class Format>
double step_at(double x) {
  const int exponent = x == 0 ? Format::kMinExponent : std::max(std::ilogb(x), Format::kMinExponent);
  return std::ldexp(1.0, exponent - (Format::kDigits - 1));
}

/// Most numbers of both must be the same number of the format. Where float32 exponentials and sums of two libraries
/// fall on either side of a tie, they may be `steps` apart, and by what float32 leaves of a number near 1.
template <class Format>
void expect_same_numbers(const std::vector<double>& found, const std::vector<double>& expected, double steps,
                         double near) {
  ASSERT_EQ(found.size(), expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == expected[i]) continue;
    ++different;
    EXPECT_LE(std::abs(found[i] - expected[i]), steps * step_at<Format>(expected[i]) + near) << i << ' ' << expected[i];
  }
  EXPECT_LE(different, found.size() / 10);
}

constexpr double kNear = 3 * 1.2e-7;  // roundings of a float32 sum near 1

template <class Format, typename T>
void check_16_bits(const std::string& format, LossRounding rounding, LossKernels<T> (Kernels<T>::*member)[3]) {
  const std::string name = format + "_" + std::string(enum_name(rounding));
  const GoldenLosses golden;
  for (const Kernels<T>* kernels : all_kernels<T>()) {
    for (const int mean_over : {48, 5107}) {
      SCOPED_TRACE(name + " " + kernels->instruction_set + " " + std::to_string(mean_over));
      const Found found = compute(golden, *kernels, (kernels->*member)[static_cast<std::size_t>(rounding)], mean_over);
      const std::vector<double> gradient = golden.values(name + "_gradient_" + std::to_string(mean_over));
      expect_same_numbers<Format>(found.loss, golden.values(name + "_loss"), 1, kNear);
      expect_same_numbers<Format>(found.gradient, gradient, 2, kNear / mean_over);
      EXPECT_EQ(found.collapsed, golden.values(name + "_collapsed"));
      std::size_t zeros = 0;
      for (std::size_t i = 0; i < gradient.size(); ++i) zeros += found.gradient[i] == 0 ? 1 : 0;
      EXPECT_NEAR(static_cast<double>(zeros), static_cast<double>(std::count(gradient.begin(), gradient.end(), 0.0)),
                  2);
    }
  }
}

TEST(LossFormats, SixteenBitsArePyTorchsNumbersInAFloat32Run) {
  for (const LossRounding rounding : {LossRounding::kResults, LossRounding::kSums, LossRounding::kOperations}) {
    check_16_bits<Float16, float>("float16", rounding, &Kernels<float>::float16_cross_entropy);
    check_16_bits<Bfloat16, float>("bfloat16", rounding, &Kernels<float>::bfloat16_cross_entropy);
  }
}

// Not `results`, whose sums are float64 then: more than PyTorch keeps.
TEST(LossFormats, SixteenBitsArePyTorchsNumbersInAFloat64Run) {
  for (const LossRounding rounding : {LossRounding::kSums, LossRounding::kOperations}) {
    check_16_bits<Float16, double>("float16", rounding, &Kernels<double>::float16_cross_entropy);
    check_16_bits<Bfloat16, double>("bfloat16", rounding, &Kernels<double>::bfloat16_cross_entropy);
  }
}

/// `near`: of a probability, the error of its format's softmax, beside what is asked relative to the number itself.
template <typename T>
void check_wide(const std::string& name, LossKernels<T> Kernels<T>::*member, double relative, double near) {
  const GoldenLosses golden;
  for (const Kernels<T>* kernels : all_kernels<T>()) {
    const Found found = compute(golden, *kernels, kernels->*member, 48);
    const std::vector<double> gradient = golden.values(name + "_gradient_48"), loss = golden.values(name + "_loss");
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      ASSERT_NEAR(found.gradient[i], gradient[i], relative * std::abs(gradient[i]) + near / 48) << i;
    }
    for (std::size_t r = 0; r < loss.size(); ++r) EXPECT_NEAR(found.loss[r], loss[r], relative * loss[r] + near);
    const std::vector<double> collapsed = golden.values(name + "_collapsed");
    std::size_t different = 0;  // a sum in another order may miss 1 by a rounding
    for (std::size_t r = 0; r < collapsed.size(); ++r) different += found.collapsed[r] != collapsed[r] ? 1 : 0;
    EXPECT_LE(different, collapsed.size() / 20);
    EXPECT_GE(std::count(collapsed.begin(), collapsed.end(), 1.0), static_cast<std::int64_t>(collapsed.size() / 10));
  }
}

TEST(LossFormats, WideFormatsArePyTorchsWhateverTheRunIs) {
  check_wide<float>("float64_results", &Kernels<float>::float64_cross_entropy, 2e-7, 2e-15);
  check_wide<double>("float64_results", &Kernels<double>::float64_cross_entropy, 2e-7, 2e-15);
  check_wide<float>("float32_results", &Kernels<float>::float32_cross_entropy, 1e-5, 1e-6);
  check_wide<double>("float32_results", &Kernels<double>::float32_cross_entropy, 1e-5, 1e-6);
}

// What makes a difference to training: from which margin on nothing is left of a fitted row.
TEST(LossFormats, AFittedRowLosesItsGradientTheEarlierTheNarrowerTheFormat) {
  const Kernels<float>& k = best_kernels<float>();
  const std::int32_t label = 4;
  const std::int64_t n = 19;
  const auto zeros_at = [&](const LossKernels<float>& loss, double p_other) {
    AlignedBuffer<float> row(k.width);
    for (std::int64_t c = 0; c < n; ++c) row[c] = static_cast<float>(std::log(p_other));
    row[label] = 0;
    RowStatistics statistics;
    loss.statistics(&statistics, {row.data(), k.width, k.width}, &label, 1, n);
    loss.gradient({row.data(), k.width, k.width}, &label, 1, n, 1.0 / 1024);
    return std::array<bool, 3>{row[label] == 0, row[label + 1] == 0, statistics.collapsed};
  };
  using Zeros = std::array<bool, 3>;  // gradient at the label, at another class, collapse
  // 18 other classes of probability q. The mean over 1024 rows makes gradients 2^-10 times as large; below half of
  // 2^-24 float16 has none.
  const auto& [results, sums, operations] = k.float16_cross_entropy;
  for (const auto& loss : {results, sums, operations}) {
    EXPECT_EQ(zeros_at(loss, 0x1p-10), (Zeros{false, false, false}));
    EXPECT_EQ(zeros_at(loss, 0x1p-20), (Zeros{true, true, true}));
  }
  // 18 q = 1.1e-3 and 2.7e-4 on either side of 2^-11, which a sum of 11 bits absorbs; behind the label also q alone.
  EXPECT_EQ(zeros_at(results, 0x1p-14), (Zeros{false, false, false}));
  EXPECT_EQ(zeros_at(results, 0x1p-16), (Zeros{false, true, true})) << "the sum is whole, and q underflows";
  EXPECT_EQ(zeros_at(sums, 0x1p-14), (Zeros{false, false, false}));
  EXPECT_EQ(zeros_at(sums, 0x1p-16), (Zeros{true, true, true}));
  EXPECT_EQ(zeros_at(operations, 0x1p-14), (Zeros{true, false, true}));
  EXPECT_EQ(zeros_at(k.bfloat16_cross_entropy[0], 0x1p-16), (Zeros{false, false, true})) << "its exponents go on";
  EXPECT_EQ(zeros_at(k.framework_cross_entropy, 0x1p-20), (Zeros{false, false, false}));
  EXPECT_EQ(zeros_at(k.framework_cross_entropy, 0x1p-32), (Zeros{true, false, true}));
  EXPECT_EQ(zeros_at(k.float64_cross_entropy, 0x1p-32), (Zeros{false, false, false}));
  EXPECT_EQ(zeros_at(k.float64_cross_entropy, 0x1p-60), (Zeros{true, false, true}));
}

// Float16 has no gradient left where float32 goes on; a fork in another format takes the weights with it.
TEST(LossFormats, TrainingStopsWhereNoRowHasAGradientAndAForkGoesOn) {
  Config config;
  for (const char* s : {"task.modulus=7", "split.train_size=30", "model.d_model=32", "model.n_heads=2",
                        "optim.learning_rate=0.01", "optim.weight_decay=0", "optim.warmup_steps=0",
                        "optim.epsilon=1e-25", "loss.form=framework", "loss.precision=float16", "train.steps=3000"}) {
    set_config_value(config, s);
  }
  groklab::Run run(config);
  run.train();
  const Record& last = run.records().back();
  EXPECT_EQ(last.train.accuracy, 1);
  EXPECT_EQ(last.train.softmax_collapse, 1);
  EXPECT_EQ(last.gradient_norm, 0);
  EXPECT_EQ(last.update_norm, 0);
  groklab::Run wide = run.fork({"loss.precision=float64", "train.steps=20"});
  wide.train();
  EXPECT_EQ(wide.records().front().norm, last.norm);
  EXPECT_LT(wide.records().front().train.softmax_collapse, 1);
  EXPECT_GT(wide.records().back().gradient_norm, 0);
  EXPECT_GT(wide.records().back().update_norm, 0);
}

TEST(LossFormats, AFormatNeedsTheFrameworksForm) {
  Config config;
  set_config_value(config, "loss.precision=float16");
  EXPECT_THROW(resolve_config(config), Error);
  set_config_value(config, "loss.form=framework");
  EXPECT_NO_THROW(resolve_config(config));
  set_config_value(config, "loss.kind=mean_squared");
  EXPECT_THROW(resolve_config(config), Error) << "a key without effect is a mistake";
}

TEST(LossFormats, RowsWithoutGradientAreCounted) {
  // Margins of 2, 12 and 40 beside three other classes: p of the others 1e-1, 6e-6 and 4e-18.
  const std::vector<double> logits = {2, 0, 0, 0, 0, 12, 0, 0, 40, 0, 0, 0};
  const std::vector<std::int32_t> labels = {0, 1, 0};
  Config config;
  config.loss.form = LossForm::kFramework;
  EXPECT_EQ(rows_without_gradient(config, logits, 4, labels), 0) << "float32 keeps what the other classes receive";
  config.loss.precision = LossPrecision::kFloat16;
  EXPECT_EQ(rows_without_gradient(config, logits, 4, labels), 1);
  config.loss.temperature = 0.5;  // margins twice as large
  EXPECT_EQ(rows_without_gradient(config, logits, 4, labels), 2);
  config.train.precision = Precision::kFloat64;
  EXPECT_EQ(rows_without_gradient(config, logits, 4, labels), 2);
}

TEST(LossFormats, WhatAFormatCannotHoldIsSeen) {
  const Kernels<float>& k = best_kernels<float>();
  const std::int32_t label = 1;
  const auto finite = [&](const LossKernels<float>& loss, float largest) {
    AlignedBuffer<float> row(k.width);
    row[0] = largest;
    RowStatistics statistics;
    loss.statistics(&statistics, {row.data(), k.width, k.width}, &label, 1, 5);
    const bool gradient = std::isfinite(loss.gradient({row.data(), k.width, k.width}, &label, 1, 5, 1.0));
    EXPECT_EQ(std::isfinite(statistics.loss), gradient);
    return gradient;
  };
  EXPECT_TRUE(finite(k.float16_cross_entropy[0], 65504));
  EXPECT_FALSE(finite(k.float16_cross_entropy[0], 65520));
  EXPECT_FALSE(finite(k.float16_cross_entropy[2], 65520));
  EXPECT_TRUE(finite(k.bfloat16_cross_entropy[0], 65520));
  EXPECT_FALSE(finite(k.bfloat16_cross_entropy[0], 3.4e38f));
  EXPECT_FALSE(finite(k.bfloat16_cross_entropy[0], std::nanf("")));
  EXPECT_FALSE(finite(k.float64_cross_entropy, std::nanf("")));
}

}  // namespace
}  // namespace groklab
