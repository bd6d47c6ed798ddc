// See tensor_choice.h.
#include "groklab/optim/tensor_choice.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>

#include "groklab/base/error.h"

namespace groklab {

std::vector<bool> chosen_tensors(std::string_view key, std::string_view globs, const ParameterLayout& layout) {
  std::vector<bool> chosen(layout.tensors().size(), false);
  std::size_t begin = 0;
  while (begin <= globs.size()) {
    std::size_t end = globs.find(',', begin);
    if (end == std::string_view::npos) end = globs.size();
    std::string glob(globs.substr(begin, end - begin));
    glob.erase(0, glob.find_first_not_of(' '));
    glob.erase(glob.find_last_not_of(' ') + 1);
    begin = end + 1;
    if (glob.empty()) continue;
    bool matched = false;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (fnmatch(glob.c_str(), layout.tensors()[i].name.c_str(), 0) == 0) chosen[i] = matched = true;
    }
    if (!matched) {
      std::string names;
      for (const TensorSpec& spec : layout.tensors()) names += (names.empty() ? "" : ", ") + spec.name;
      fail(ErrorKind::kConfig, "{} = {}: expected globs of tensor names ({}), found {} which matches none", key, globs,
           names, glob);
    }
  }
  return chosen;
}

std::vector<bool> decayed_tensors(const OptimConfig& config, const ParameterLayout& layout) {
  return chosen_tensors("optim.decay", config.decay, layout);
}

std::vector<TensorBlock> tensor_blocks(const ParameterLayout& layout, const std::vector<bool>& chosen) {
  constexpr std::int64_t kBlock = 16384;
  std::vector<TensorBlock> blocks;
  for (std::size_t i = 0; i < layout.tensors().size(); ++i) {
    if (!chosen[i]) continue;
    const TensorSpec& spec = layout.tensors()[i];
    const std::int64_t end = spec.offset + (spec.size + 15) / 16 * 16;  // padding stays zero
    for (std::int64_t at = spec.offset; at < end; at += kBlock) blocks.push_back({at, std::min(kBlock, end - at), i});
  }
  return blocks;
}

}  // namespace groklab
