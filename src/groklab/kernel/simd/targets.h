// Which instruction sets are compiled: x86-64-v2 (SSE4), AVX2 and AVX-512 on x86, NEON on Arm.
#pragma once

#include <hwy/detect_compiler_arch.h>

// SSE4 without the AES instructions that Highway would otherwise require: x86-64-v2 does not have them.
#define HWY_DISABLE_PCLMUL_AES
// SSSE3 is below our baseline; AVX3_DL adds only integer instructions that no kernel uses; SVE's vectors have no size at
// compile time, so they cannot be held in the arrays of a register block.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
