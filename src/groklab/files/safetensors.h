// Reading and writing of safetensors files (8-byte little-endian header length, JSON header, raw data).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "groklab/files/file_io.h"

namespace groklab {

/// One tensor of a file. `dtype` is "F32", "F64", "F16", "BF16", "I64", ...
struct FileTensor {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> data;  ///< row-major, little-endian

  /// Values as double (F64, F32, F16, BF16, integers). Throws Error(kInput) for other types.
  std::vector<double> values() const;
};

struct TensorFile {
  std::vector<FileTensor> tensors;              ///< in the order of the data section
  std::map<std::string, std::string> metadata;  ///< the header's __metadata__
  const FileTensor* find(const std::string& name) const;
};

/// Throws Error(kInput) with the file's name, what was expected and what was found, for anything that is truncated,
/// overlapping, out of bounds, of the wrong size for its shape, or not a safetensors file.
TensorFile read_safetensors(const std::filesystem::path& path);
/// The same from an open file, or a part of one; `where` names it in messages.
TensorFile read_safetensors(InputFile& input, const std::string& where);

/// Writes to a temporary file beside `path`, syncs it (by default) and renames it: the file is whole or absent.
/// Throws Error(kIo) if the disk is full or not writable.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file,
                       Durability durability = Durability::kSync, Links links = Links::kFollow);

/// XXH3-128 over everything that a file says: metadata (all but the key `without`), names, types, shapes and data.
std::string content_digest(const TensorFile& file, const std::string& without = "");

/// Bytes of one element of a dtype, or 0 if the dtype is unknown.
std::size_t dtype_size(const std::string& dtype);

}  // namespace groklab
