// Number formats of 16 bits, as rounding: the nearest number of the format, ties to even (IEEE 754-2019, 4.3.1), kept
// in a float or double, which hold all of them.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace groklab {

/// IEEE binary16.
struct Float16 {
  static constexpr int kDigits = 11;         ///< of the significand, the hidden one counted
  static constexpr int kMinExponent = -14;   ///< of the smallest normal number; subnormal ones go down to 2^-24
  static constexpr double kLargest = 65504;  ///< (2 - 2^-10) 2^15
};

/// The upper half of a float32.
struct Bfloat16 {
  static constexpr int kDigits = 8;
  static constexpr int kMinExponent = -126;
  static constexpr double kLargest = 0x1.fep127;  ///< (2 - 2^-7) 2^127
};

/// Of a Format held in a T.
template <class Format, typename T>
struct RoundingOf {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  static constexpr int kDigits = std::numeric_limits<T>::digits;
  static constexpr int kDropped = kDigits - Format::kDigits;  ///< bits at the end of a normal number
  static constexpr Bits kSign = Bits{1} << (8 * sizeof(T) - 1);
  static constexpr Bits kBelowHalf = (Bits{1} << (kDropped - 1)) - 1;
  /// T reaches as far down as the format: its own subnormal numbers are the format's, with more bits.
  static constexpr bool kSameExponents = Format::kMinExponent == std::numeric_limits<T>::min_exponent - 1;

  static constexpr T power_of_two(int exponent) {
    return std::bit_cast<T>(static_cast<Bits>(exponent + std::numeric_limits<T>::max_exponent - 1) << (kDigits - 1));
  }
  static constexpr T smallest_normal() { return power_of_two(Format::kMinExponent); }
  /// T's numbers from here to its double are as far apart as the format's subnormal ones.
  static constexpr T subnormal_shift() { return power_of_two(Format::kMinExponent - Format::kDigits + kDigits); }
};

/// The number of the format nearest to x; infinity beyond half a step above the largest; NaN stays NaN.
template <class Format, typename T>
constexpr T rounded_to(T x) {
  using Rounding = RoundingOf<Format, T>;
  using Bits = typename Rounding::Bits;
  if (x != x) return x;
  const Bits bits = std::bit_cast<Bits>(x), sign = bits & Rounding::kSign;
  Bits magnitude = bits ^ sign;
  T result;
  if (!Rounding::kSameExponents && std::bit_cast<T>(magnitude) < Rounding::smallest_normal()) {
    result = (std::bit_cast<T>(magnitude) + Rounding::subnormal_shift()) - Rounding::subnormal_shift();
  } else {
    const Bits last = (magnitude >> Rounding::kDropped) & 1;  // a tie goes where this bit becomes 0
    magnitude = (magnitude + Rounding::kBelowHalf + last) >> Rounding::kDropped << Rounding::kDropped;
    result = std::bit_cast<T>(magnitude);
    if (result > static_cast<T>(Format::kLargest)) result = std::numeric_limits<T>::infinity();
  }
  return std::bit_cast<T>(std::bit_cast<Bits>(result) | sign);
}

}  // namespace groklab
