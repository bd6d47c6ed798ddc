// See library_gemm.h.
#include "groklab/kernel/blas/library_gemm.h"

#include <dlfcn.h>

namespace groklab {

namespace {

// CBLAS: order, transposes, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc.
template <typename T>
using Gemm = void (*)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);
constexpr int kRowMajor = 101, kNoTranspose = 111;

template <typename T>
void call(void* function, T* c, const T* a, const T* b, std::int64_t size) {
  const int n = static_cast<int>(size);
  reinterpret_cast<Gemm<T>>(function)(kRowMajor, kNoTranspose, kNoTranspose, n, n, n, T(1), a, n, b, n, T(0), c, n);
}

}  // namespace

std::unique_ptr<LibraryGemm> LibraryGemm::load() {
  void* library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  std::unique_ptr<LibraryGemm> gemm(new LibraryGemm());
  gemm->library_ = library;
  gemm->sgemm_ = dlsym(library, "cblas_sgemm");
  gemm->dgemm_ = dlsym(library, "cblas_dgemm");
  void* set_threads = dlsym(library, "openblas_set_num_threads");
  if (gemm->sgemm_ == nullptr || gemm->dgemm_ == nullptr || set_threads == nullptr) return nullptr;
  reinterpret_cast<void (*)(int)>(set_threads)(1);
  return gemm;
}

LibraryGemm::~LibraryGemm() { dlclose(library_); }

void LibraryGemm::multiply(float* c, const float* a, const float* b, std::int64_t n) const { call(sgemm_, c, a, b, n); }
void LibraryGemm::multiply(double* c, const double* a, const double* b, std::int64_t n) const {
  call(dgemm_, c, a, b, n);
}

}  // namespace groklab
