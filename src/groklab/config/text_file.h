// A configuration file as text.
#pragma once

#include <string>

namespace groklab {

/// Throws Error(kInput) if the file cannot be read.
std::string read_text_file(const std::string& path);

}  // namespace groklab
