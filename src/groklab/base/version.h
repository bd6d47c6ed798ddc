// Which groklab this is. The number comes from the build.
#pragma once

namespace groklab {

#ifdef GROKLAB_VERSION
inline constexpr const char* kVersion = GROKLAB_VERSION;
#else
inline constexpr const char* kVersion = "0";
#endif

#if defined(__clang__)
inline constexpr const char* kCompiler = "Clang " __clang_version__;
#elif defined(__GNUC__)
inline constexpr const char* kCompiler = "GCC " __VERSION__;
#else
inline constexpr const char* kCompiler = "unknown";
#endif

}  // namespace groklab
