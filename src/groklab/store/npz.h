// Writing of NumPy arrays: .npy images in memory, and .npz archives (uncompressed zip) of them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace groklab {

/// One-dimensional arrays, and one text as a zero-dimensional array of bytes, in NumPy's format 1.0.
std::string npy_image(const std::vector<double>& values);
std::string npy_image(const std::vector<std::int64_t>& values);
std::string npy_image(const std::string& text);

/// Collects arrays for one .npz file, which numpy.load opens.
class NpzArchive {
 public:
  /// `image` comes from npy_image. Throws Error(kInput) if the archive would exceed 4 GiB, zip's limit.
  void add(const std::string& name, std::string image);
  /// The archive's bytes.
  std::string finish() const;

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
  std::uint64_t size_ = 0;
};

}  // namespace groklab
