// SHA-256: as content security policies want it, and as hexadecimal digits. FIPS 180-4.
#pragma once

#include <string>
#include <string_view>

namespace groklab::report {

/// The digest in base64, for 'sha256-...'.
std::string sha256_base64(std::string_view bytes);
/// The digest as 64 hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace groklab::report
