// The JSON header of a safetensors file. Internal to files/: nothing that it claims about the data is believed here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/files/safetensors.h"

namespace groklab {

/// What a header says of one tensor; its size in bytes follows from dtype and shape, which the offsets must fit.
struct TensorClaim {
  FileTensor tensor;        ///< without data
  std::uint64_t begin = 0;  ///< bytes of the data section
  std::uint64_t end = 0;
};

struct TensorHeader {
  std::vector<TensorClaim> claims;  ///< in the order of the text; no name twice
  std::map<std::string, std::string> metadata;
};

/// Throws Error(kInput) for anything but a header: "where: not a valid safetensors file: ...".
TensorHeader parse_tensor_header(const std::string& where, const std::string& text);

template <typename... Args>
[[noreturn]] void refuse_safetensors(const std::string& where, fmt::format_string<Args...> format, Args&&... args) {
  fail(ErrorKind::kInput, "{}: not a valid safetensors file: {}", where,
       fmt::format(format, std::forward<Args>(args)...));
}

/// The name in quotes, on one line whatever it contains.
std::string quoted_name(const std::string& name);

}  // namespace groklab
