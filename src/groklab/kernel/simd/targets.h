// Which instruction sets are compiled: x86-64-v2 (SSE4), AVX2 and AVX-512 on x86, NEON on Arm.
#pragma once

#include <hwy/detect_compiler_arch.h>

// SSE4 without the AES instructions that Highway would otherwise require: x86-64-v2 does not have them.
#define HWY_DISABLE_PCLMUL_AES
// SSSE3 is below our baseline; AVX3_DL adds only integer instructions that no kernel uses.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
