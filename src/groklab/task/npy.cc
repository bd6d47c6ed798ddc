// Reading .npy: magic, version, header length, a Python dictionary as text, then the elements.
#include "groklab/task/npy.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

template <typename T>
double read_number(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

template <typename T>
std::int64_t read_as(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<std::int64_t>(value);
}

struct ElementType {
  std::string_view descr;  // as in the header
  std::size_t size;
  std::int64_t (*read)(const char* bytes);
};

static_assert(std::endian::native == std::endian::little, "elements are read as they lie in the file");
constexpr ElementType kElementTypes[] = {
    {"|b1", 1, read_as<std::uint8_t>},  {"|i1", 1, read_as<std::int8_t>},   {"|u1", 1, read_as<std::uint8_t>},
    {"<i2", 2, read_as<std::int16_t>},  {"<u2", 2, read_as<std::uint16_t>}, {"<i4", 4, read_as<std::int32_t>},
    {"<u4", 4, read_as<std::uint32_t>}, {"<i8", 8, read_as<std::int64_t>},  {"<u8", 8, read_as<std::uint64_t>},
};

struct NumberType {
  std::string_view descr;
  std::size_t size;
  double (*read)(const char* bytes);
};
constexpr NumberType kNumberTypes[] = {
    {"|b1", 1, read_number<std::uint8_t>},  {"|i1", 1, read_number<std::int8_t>},
    {"|u1", 1, read_number<std::uint8_t>},  {"<i2", 2, read_number<std::int16_t>},
    {"<u2", 2, read_number<std::uint16_t>}, {"<i4", 4, read_number<std::int32_t>},
    {"<u4", 4, read_number<std::uint32_t>}, {"<i8", 8, read_number<std::int64_t>},
    {"<u8", 8, read_number<std::uint64_t>}, {"<f4", 4, read_number<float>},
    {"<f8", 8, read_number<double>},
};

struct Header {
  std::string_view text;
  std::string_view data;
};

Header split_header(std::string_view bytes, const std::string& where) {
  const std::size_t length_at = kMagic.size() + 2;
  if (bytes.size() < length_at) fail(ErrorKind::kInput, "{}: expected a .npy header, found a truncated file", where);
  const int version = static_cast<unsigned char>(bytes[kMagic.size()]);
  if (version < 1 || version > 3) {
    fail(ErrorKind::kInput, "{}: expected .npy version 1 to 3, found {}", where, version);
  }
  const std::size_t length_size = version == 1 ? 2 : 4;
  const std::size_t header_at = length_at + length_size;
  std::size_t length = 0;
  for (std::size_t i = length_size; i-- > 0 && bytes.size() >= header_at;) {
    length = length << 8 | static_cast<unsigned char>(bytes[length_at + i]);
  }
  if (bytes.size() < header_at || bytes.size() - header_at < length) {
    fail(ErrorKind::kInput, "{}: expected a .npy header, found a truncated file", where);
  }
  return {bytes.substr(header_at, length), bytes.substr(header_at + length)};
}

// What follows 'key': in the header's dictionary, without leading blanks.
std::string_view value_of(std::string_view header, std::string_view key, const std::string& where) {
  const std::size_t at = header.find(key);
  const std::size_t colon = at == std::string_view::npos ? at : header.find(':', at);
  const std::size_t value = colon == std::string_view::npos ? colon : header.find_first_not_of(' ', colon + 1);
  if (value == std::string_view::npos) fail(ErrorKind::kInput, "{}: expected {} in the .npy header", where, key);
  return header.substr(value);
}

/// One of `types`; `expected` names them in the message.
template <typename Types>
const auto& element_type(std::string_view header, const Types& types, const char* expected, const std::string& where) {
  const std::string_view descr = value_of(header, "'descr'", where);
  for (const auto& type : types) {
    if (descr.size() > 4 && descr.substr(1, 3) == type.descr) return type;
  }
  fail(ErrorKind::kInput, "{}: expected {}, found elements of type {}", where, expected,
       descr.substr(0, descr.find(',')));
}

std::size_t one_dimension(std::string_view header, const std::string& where) {
  const std::string_view text = value_of(header, "'shape'", where);
  const std::string_view shape = text.substr(0, text.find(')') + 1);  // "(12,)"; all of it if there is no ')'
  std::size_t count = 0;
  const char* const end = shape.data() + shape.size();
  if (shape.size() > 3 && shape[0] == '(') {
    const auto [after, error] = std::from_chars(shape.data() + 1, end, count);
    if (error == std::errc() && std::string_view(after, static_cast<std::size_t>(end - after)) == ",)") return count;
  }
  fail(ErrorKind::kInput, "{}: expected a one-dimensional array, found shape {}", where, shape);
}

/// Lengths of "(60000, 28, 28)", "(12,)" or "()".
std::vector<std::size_t> dimensions(std::string_view header, const std::string& where) {
  constexpr std::size_t kMostDimensions = 8;
  const std::string_view text = value_of(header, "'shape'", where);
  const std::string_view shape = text.substr(0, text.find(')') + 1);  // all of it if there is no ')'
  std::vector<std::size_t> lengths;
  const char* at = shape.data();
  const char* const end = at + shape.size();
  bool ends = at != end && *at++ == '(';
  while (ends && at != end && *at != ')' && lengths.size() < kMostDimensions) {
    const auto [after, error] = std::from_chars(at, end, lengths.emplace_back());
    at = after;
    ends = error == std::errc() && at != end && (*at == ',' || (*at == ')' && lengths.size() > 1));
    if (ends && *at == ',') ++at;
    while (ends && at != end && *at == ' ') ++at;
  }
  if (!ends || at == end || *at != ')') {
    fail(ErrorKind::kInput, "{}: expected the lengths of an array, found shape {}", where, shape.substr(0, 80));
  }
  return lengths;
}

}  // namespace

bool looks_like_npy(std::string_view bytes) { return bytes.starts_with(kMagic); }

NpyIntegers parse_npy_integers(std::string_view bytes, const std::string& where) {
  if (!looks_like_npy(bytes)) fail(ErrorKind::kInput, "{}: expected a .npy file, found another kind of file", where);
  const Header header = split_header(bytes, where);
  const ElementType& type = element_type(header.text, kElementTypes, "little-endian integers or bool", where);
  const std::size_t count = one_dimension(header.text, where);
  if (header.data.size() % type.size != 0 || header.data.size() / type.size != count) {
    fail(ErrorKind::kInput, "{}: expected {} elements of {} bytes, found {} bytes of data", where, count, type.size,
         header.data.size());
  }
  NpyIntegers array;
  array.is_bool = type.descr == "|b1";
  array.values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) array.values.push_back(type.read(header.data.data() + i * type.size));
  return array;
}

NumberArray take_npy_array(std::string_view& bytes, const std::string& where) {
  if (!looks_like_npy(bytes)) fail(ErrorKind::kInput, "{}: expected a .npy array, found something else", where);
  const Header header = split_header(bytes, where);
  const NumberType& type =
      element_type(header.text, kNumberTypes, "little-endian integers, float32, float64 or bool", where);
  NumberArray array;
  array.whole = type.descr[1] != 'f';
  array.shape = dimensions(header.text, where);
  if (array.shape.size() > 1 && !value_of(header.text, "'fortran_order'", where).starts_with("False")) {
    fail(ErrorKind::kInput, "{}: expected an array in C order, found one in Fortran's", where);
  }
  const std::optional<std::size_t> count = element_count(array.shape, header.data.size() / type.size);
  if (!count) {
    fail(ErrorKind::kInput, "{}: expected as many elements of {} bytes as the shape says, found {} bytes of data",
         where, type.size, header.data.size());
  }
  array.values.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) array.values.push_back(type.read(header.data.data() + i * type.size));
  bytes = header.data.substr(*count * type.size);
  return array;
}

}  // namespace groklab
