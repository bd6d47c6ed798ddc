// See npz.h. Zip as in PKWARE's APPNOTE 6.3, stored entries only; npy as in NumPy's format specification.
#include "groklab/store/npz.h"

#include <zlib.h>

#include <bit>
#include <cstring>

#include "groklab/base/error.h"

namespace groklab {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays and zip headers are written as they lie in memory");

std::string npy(const std::string& type, const std::string& shape, const void* data, std::size_t size) {
  std::string header = fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': {}, }}", type, shape);
  constexpr std::size_t kPreamble = 10;                       // magic, version, header length
  header.append(63 - (kPreamble + header.size()) % 64, ' ');  // with the line end, data starts on 64 bytes
  header += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  std::string image("\x93NUMPY\x01\x00", 8);
  image.append(reinterpret_cast<const char*>(&length), sizeof(length));
  image += header;
  return image.append(static_cast<const char*>(data), size);
}

/// CRC-32 of zip.
std::uint32_t checksum(const std::string& image) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(image.data()), image.size()));
}

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  ByteWriter& u16(std::size_t value) { return put(static_cast<std::uint16_t>(value)); }
  ByteWriter& u32(std::size_t value) { return put(static_cast<std::uint32_t>(value)); }

 private:
  template <typename T>
  ByteWriter& put(T value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return *this;
  }
  std::string& out_;
};

/// The fields that a local header and its copy in the directory share, from "version needed" to the name's length.
void common_fields(ByteWriter& out, const std::string& name, const std::string& image) {
  constexpr std::size_t kVersion = 20;
  constexpr std::size_t kUtf8Names = 0x0800;
  constexpr std::size_t kFirstOfJanuary1980 = 0x0021;  // the same arrays give the same file
  out.u16(kVersion).u16(kUtf8Names).u16(0 /* stored */).u16(0).u16(kFirstOfJanuary1980);
  out.u32(checksum(image)).u32(image.size()).u32(image.size()).u16(name.size());
}

}  // namespace

std::string npy_image(const std::vector<double>& values) {
  return npy("'<f8'", fmt::format("({},)", values.size()), values.data(), values.size() * sizeof(double));
}

std::string npy_image(const std::vector<std::int64_t>& values) {
  return npy("'<i8'", fmt::format("({},)", values.size()), values.data(), values.size() * sizeof(std::int64_t));
}

std::string npy_image(const std::string& text) {
  const std::string padded = text.empty() ? std::string(1, '\0') : text;  // NumPy has no type of zero bytes
  return npy(fmt::format("'|S{}'", padded.size()), "()", padded.data(), padded.size());
}

std::string npy_records(const std::string& type, std::size_t count, const std::string& bytes) {
  return npy(type, fmt::format("({},)", count), bytes.data(), bytes.size());
}

void NpzArchive::add(const std::string& array, const std::string& image) {
  constexpr std::uint64_t kDirectory = 100;  // of an entry, with room
  constexpr std::size_t kMostEntries = 0xffff;
  const std::string name = array + ".npy";
  const std::uint64_t end = size_ + image.size() + 2 * name.size() + kDirectory + directory_.size();
  if (end > UINT32_MAX || entries_ >= kMostEntries) {
    fail(ErrorKind::kInput, "npz: expected less than 4 GiB in less than 65536 arrays, found more: export as csv");
  }
  std::string header;
  ByteWriter body(header);
  body.u32(0x04034b50);
  common_fields(body, name, image);
  body.u16(0 /* extra */);
  header += name;

  ByteWriter index(directory_);
  index.u32(0x02014b50).u16(20);
  common_fields(index, name, image);
  index.u16(0 /* extra */).u16(0 /* comment */).u16(0 /* disk */).u16(0).u32(0 /* attributes */).u32(size_);
  directory_ += name;

  write_(header);
  write_(image);
  size_ += header.size() + image.size();
  ++entries_;
}

void NpzArchive::finish() {
  std::string end;
  ByteWriter body(end);
  body.u32(0x06054b50).u16(0).u16(0).u16(entries_).u16(entries_);
  body.u32(directory_.size()).u32(size_).u16(0 /* comment */);
  write_(directory_);
  write_(end);
}

}  // namespace groklab
