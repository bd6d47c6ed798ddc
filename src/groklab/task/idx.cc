// See idx.h.
#include "groklab/task/idx.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "groklab/base/error.h"

namespace groklab {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are turned round");

template <typename T>
double read_big_endian(const char* bytes) {
  char turned[sizeof(T)];
  std::reverse_copy(bytes, bytes + sizeof(T), turned);
  T value;
  std::memcpy(&value, turned, sizeof value);
  return static_cast<double>(value);
}

struct IdxType {
  unsigned char code;
  std::size_t size;
  bool whole;
  double (*read)(const char* bytes);
};
constexpr IdxType kIdxTypes[] = {
    {0x08, 1, true, read_big_endian<std::uint8_t>}, {0x09, 1, true, read_big_endian<std::int8_t>},
    {0x0b, 2, true, read_big_endian<std::int16_t>}, {0x0c, 4, true, read_big_endian<std::int32_t>},
    {0x0d, 4, false, read_big_endian<float>},       {0x0e, 8, false, read_big_endian<double>},
};

const IdxType* type_of(std::string_view bytes) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 || bytes[3] == 0) return nullptr;
  for (const IdxType& type : kIdxTypes) {
    if (static_cast<unsigned char>(bytes[2]) == type.code) return &type;
  }
  return nullptr;
}

}  // namespace

bool looks_like_idx(std::string_view bytes) { return type_of(bytes) != nullptr; }

NumberArray take_idx_array(std::string_view& bytes, const std::string& where) {
  const IdxType* const type = type_of(bytes);
  if (type == nullptr) fail(ErrorKind::kInput, "{}: expected an IDX array, found something else", where);
  const std::size_t dimensions = static_cast<unsigned char>(bytes[3]), at = 4 + 4 * dimensions;
  if (bytes.size() < at) fail(ErrorKind::kInput, "{}: expected an IDX header, found a truncated file", where);
  NumberArray array;
  array.whole = type->whole;
  for (std::size_t d = 0; d < dimensions; ++d) {
    array.shape.push_back(static_cast<std::size_t>(read_big_endian<std::uint32_t>(bytes.data() + 4 + 4 * d)));
  }
  const std::string_view data = bytes.substr(at);
  const std::optional<std::size_t> count = element_count(array.shape, data.size() / type->size);
  if (!count) {
    fail(ErrorKind::kInput, "{}: expected as many elements of {} bytes as the IDX header says, found {} bytes of data",
         where, type->size, data.size());
  }
  array.values.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) array.values.push_back(type->read(data.data() + i * type->size));
  bytes = data.substr(*count * type->size);
  return array;
}

}  // namespace groklab
