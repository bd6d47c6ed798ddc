// Writing of NumPy arrays: .npy images in memory, and .npz archives (uncompressed zip) of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace groklab {

/// One-dimensional arrays, and one text as a zero-dimensional array of bytes, in NumPy's format 1.0.
std::string npy_image(const std::vector<double>& values);
std::string npy_image(const std::vector<std::int64_t>& values);
std::string npy_image(const std::string& text);

/// A one-dimensional array of `count` records, whose type is a list of NumPy's: "[('x', '<i8'), ('train', '|b1')]".
std::string npy_records(const std::string& type, std::size_t count, const std::string& bytes);

/// Writes arrays as one .npz file, which numpy.load opens; each is written at once and forgotten.
class NpzArchive {
 public:
  explicit NpzArchive(std::function<void(std::string_view)> write) : write_(std::move(write)) {}
  /// `image` comes from npy_image. Throws Error(kInput) if the archive would exceed 4 GiB, zip's limit.
  void add(const std::string& name, const std::string& image);
  /// Ends the archive.
  void finish();

 private:
  std::function<void(std::string_view)> write_;
  std::string directory_;
  std::uint64_t size_ = 0;
  std::size_t entries_ = 0;
};

}  // namespace groklab
