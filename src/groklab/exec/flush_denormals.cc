// See flush_denormals.h.
#include "groklab/exec/flush_denormals.h"

namespace groklab {
namespace {

#if defined(__x86_64__) || defined(__i386__)
constexpr std::uint64_t kFlush = 0x8040;  // results (FTZ) and operands (DAZ)
std::uint64_t mode() { return __builtin_ia32_stmxcsr(); }
void set_mode(std::uint64_t bits) { __builtin_ia32_ldmxcsr(static_cast<unsigned>(bits)); }
#elif defined(__aarch64__)
constexpr std::uint64_t kFlush = std::uint64_t{1} << 24;
std::uint64_t mode() {
  std::uint64_t bits;
  asm volatile("mrs %0, fpcr" : "=r"(bits));
  return bits;
}
void set_mode(std::uint64_t bits) { asm volatile("msr fpcr, %0" : : "r"(bits)); }
#else
constexpr std::uint64_t kFlush = 0;
std::uint64_t mode() { return 0; }
void set_mode(std::uint64_t) {}
#endif

}  // namespace

// Setting the mode costs tens of cycles and reading it few, so that a guard within a guard is nearly free.
FlushDenormals::FlushDenormals() : before_(mode()), changed_((before_ & kFlush) != kFlush) {
  if (changed_) set_mode(before_ | kFlush);
}

FlushDenormals::~FlushDenormals() {
  if (changed_) set_mode(before_);
}

KeepDenormals::KeepDenormals() : before_(mode()) { set_mode(before_ & ~kFlush); }
KeepDenormals::~KeepDenormals() { set_mode(before_); }

}  // namespace groklab
