// A library's matrix product, loaded at run time, to measure ours against. Nothing else uses it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace groklab {

/// OpenBLAS, if the machine has it. Its own threads are set to 1: we call it from ours.
class LibraryGemm {
 public:
  /// nullptr if no library is found.
  static std::unique_ptr<LibraryGemm> load();
  ~LibraryGemm();
  LibraryGemm(const LibraryGemm&) = delete;
  LibraryGemm& operator=(const LibraryGemm&) = delete;

  /// C = A B, row-major, n x n each.
  void multiply(float* c, const float* a, const float* b, std::int64_t n) const;
  void multiply(double* c, const double* a, const double* b, std::int64_t n) const;

 private:
  LibraryGemm() = default;
  void* library_ = nullptr;
  void* sgemm_ = nullptr;
  void* dgemm_ = nullptr;
};

}  // namespace groklab
