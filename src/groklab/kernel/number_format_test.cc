// Rounding to 16 bits over all numbers of the formats, the ties between them and their neighbours.
#include "groklab/kernel/number_format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "groklab/kernel/kernels.h"

namespace groklab {
namespace {

/// The numbers from 0 to the largest of a format, from their fields, and the one that would follow.
template <class Format>
std::vector<double> numbers_of() {
  constexpr int kFractionBits = Format::kDigits - 1, kExponents = 1 << (15 - kFractionBits);
  std::vector<double> numbers;
  for (int exponent = 0; exponent < kExponents - 1; ++exponent) {
    for (int fraction = 0; fraction < 1 << kFractionBits; ++fraction) {
      const int hidden = exponent == 0 ? 0 : 1 << kFractionBits;
      numbers.push_back(
          std::ldexp(hidden + fraction, std::max(exponent, 1) - 1 + Format::kMinExponent - kFractionBits));
    }
  }
  numbers.push_back(2 * numbers.back() - numbers[numbers.size() - 2]);
  return numbers;
}

/// A number, and what it must become.
template <typename T>
struct Case {
  T x;
  double expected;
};

template <class Format, typename T>
std::vector<Case<T>> cases() {
  const std::vector<double> numbers = numbers_of<Format>();
  std::vector<Case<T>> all;
  const auto add = [&](double x, double expected) {
    if (static_cast<double>(static_cast<T>(x)) != x) return;  // float cannot hold it
    all.push_back({static_cast<T>(x), expected});
    all.push_back({static_cast<T>(-x), -expected});
  };
  for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
    const double low = numbers[i], high = i + 2 < numbers.size() ? numbers[i + 1] : INFINITY;
    const double middle = (low + numbers[i + 1]) / 2;
    const T tie = static_cast<T>(middle);
    add(low, low);
    add(middle, i % 2 == 0 ? low : high);  // numbers with an even last bit have even indices
    add(std::nextafter(tie, T(0)), low);
    add(std::nextafter(tie, std::numeric_limits<T>::infinity()), high);
  }
  all.push_back({std::numeric_limits<T>::infinity(), INFINITY});
  all.push_back({std::numeric_limits<T>::max(), INFINITY});
  return all;
}

template <class Format, typename T>
void check_all(void (*Kernels<T>::*kernel)(T*, std::int64_t)) {
  const std::vector<Case<T>> all = cases<Format, T>();
  EXPECT_GT(all.size(), std::size_t{1} << (sizeof(T) == 8 || Format::kDigits == 11 ? 17 : 16));
  std::vector<T> x;
  for (const Case<T>& c : all) {
    const double found = static_cast<double>(rounded_to<Format>(c.x));
    ASSERT_EQ(found, c.expected) << c.x;
    ASSERT_EQ(std::signbit(found), std::signbit(c.x)) << c.x;
    x.push_back(c.x);
  }
  EXPECT_TRUE(std::isnan(rounded_to<Format>(std::numeric_limits<T>::quiet_NaN())));
  x.push_back(std::numeric_limits<T>::quiet_NaN());
  x.push_back(-std::numeric_limits<T>::signaling_NaN());
  for (const Kernels<T>* kernels : all_kernels<T>()) {
    std::vector<T> y = x;
    (kernels->*kernel)(y.data(), static_cast<std::int64_t>(y.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(static_cast<double>(y[i]), all[i].expected) << kernels->instruction_set << ' ' << x[i];
    }
    EXPECT_TRUE(std::isnan(y[y.size() - 1]) && std::isnan(y[y.size() - 2])) << kernels->instruction_set;
  }
}

TEST(NumberFormat, Float16RoundsToNearestEven) {
  EXPECT_EQ(numbers_of<Float16>()[1], 0x1p-24);
  EXPECT_EQ(numbers_of<Float16>().end()[-2], 65504);
  check_all<Float16, float>(&Kernels<float>::round_to_float16);
  check_all<Float16, double>(&Kernels<double>::round_to_float16);
}

TEST(NumberFormat, Bfloat16RoundsToNearestEven) {
  EXPECT_EQ(numbers_of<Bfloat16>()[1], 0x1p-133);
  EXPECT_EQ(numbers_of<Bfloat16>().end()[-2], Bfloat16::kLargest);
  check_all<Bfloat16, float>(&Kernels<float>::round_to_bfloat16);
  check_all<Bfloat16, double>(&Kernels<double>::round_to_bfloat16);
}

}  // namespace
}  // namespace groklab
