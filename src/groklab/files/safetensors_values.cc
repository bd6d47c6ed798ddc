// Element types of safetensors and their conversion to double; the digest of what a file says.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/files/safetensors.h"

namespace groklab {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is read as it lies in the file");

template <typename T, typename Convert>
std::vector<double> convert(const std::vector<std::byte>& data, Convert to_double) {
  std::vector<double> values(data.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T element;  // memcpy: the bytes need not be aligned for T
    std::memcpy(&element, data.data() + i * sizeof(T), sizeof(T));
    values[i] = to_double(element);
  }
  return values;
}

template <typename T>
std::vector<double> convert(const std::vector<std::byte>& data) {
  return convert<T>(data, [](T element) { return static_cast<double>(element); });
}

/// IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits.
double half_to_double(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1f;
  const int fraction = bits & 0x3ff;
  double magnitude;
  if (exponent == 0x1f) {
    magnitude = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else {
    magnitude = std::ldexp(1024 + fraction, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// bfloat16 is the upper half of a float32.
double bfloat16_to_double(std::uint16_t bits) {
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
}

}  // namespace

std::size_t dtype_size(const std::string& dtype) {
  static constexpr std::pair<const char*, std::size_t> kSizes[] = {
      {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},  {"I32", 4},     {"I16", 2},     {"I8", 1},
      {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},   {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"C64", 8}};
  for (const auto& [name, size] : kSizes) {
    if (dtype == name) return size;
  }
  return 0;
}

std::vector<double> FileTensor::values() const {
  if (dtype == "F64") return convert<double>(data);
  if (dtype == "F32") return convert<float>(data);
  if (dtype == "F16") return convert<std::uint16_t>(data, half_to_double);
  if (dtype == "BF16") return convert<std::uint16_t>(data, bfloat16_to_double);
  if (dtype == "I64") return convert<std::int64_t>(data);
  if (dtype == "I32") return convert<std::int32_t>(data);
  if (dtype == "I16") return convert<std::int16_t>(data);
  if (dtype == "I8") return convert<std::int8_t>(data);
  if (dtype == "U64") return convert<std::uint64_t>(data);
  if (dtype == "U32") return convert<std::uint32_t>(data);
  if (dtype == "U16") return convert<std::uint16_t>(data);
  if (dtype == "U8") return convert<std::uint8_t>(data);
  if (dtype == "BOOL") return convert<std::uint8_t>(data, [](std::uint8_t bit) { return bit != 0 ? 1.0 : 0.0; });
  fail(ErrorKind::kInput, "tensor {}: expected F64, F32, F16, BF16 or integers, found dtype {}", name, dtype);
}

std::string content_digest(const TensorFile& file, const std::string& without) {
  Digest digest;
  for (const auto& [key, value] : file.metadata) {
    if (key == without) continue;
    digest.add_text(key);
    digest.add_text(value);
  }
  for (const FileTensor& tensor : file.tensors) {
    digest.add_text(tensor.name);
    digest.add_text(tensor.dtype);
    digest.add_text(std::string_view(reinterpret_cast<const char*>(tensor.shape.data()),
                                     tensor.shape.size() * sizeof(std::int64_t)));
    digest.add(tensor.data);
  }
  return digest.hex();
}

const FileTensor* TensorFile::find(const std::string& name) const {
  for (const FileTensor& tensor : tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

}  // namespace groklab
