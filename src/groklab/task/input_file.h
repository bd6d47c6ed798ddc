// The user's files (tables, row lists): read whole, named by their contents.
#pragma once

#include <string>
#include <string_view>

#include "groklab/base/digest.h"

namespace groklab {

/// The bytes of a file. `key` is the configuration key that named it. Throws Error(kInput) if it cannot be read.
std::string read_input_file(const std::string& key, const std::string& path);

/// Throws Error(kInput) if `expected` is known (not empty) and is not the digest of `bytes`:
/// the file is not the one that the stored run was made from.
void check_digest(const std::string& key, const std::string& path, std::string_view bytes, const std::string& expected);

}  // namespace groklab
