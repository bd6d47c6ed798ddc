// Weights of others: the file, and what it says about the network that it came from.
#include "groklab/files/safetensors.h"

#include "fuzz.h"
#include "groklab/error.h"
#include "groklab/run/imported_config.h"
#include "memory_file.h"

namespace groklab {
namespace {

std::size_t elements(const FileTensor& tensor) {
  std::size_t count = 1;
  for (const std::int64_t extent : tensor.shape) count *= static_cast<std::size_t>(extent);
  return count;
}

void run(std::string_view bytes) {
  const MemoryFile place(bytes);
  const TensorFile file = read_safetensors(place.path());
  for (const FileTensor& tensor : file.tensors) {
    must_hold(tensor.data.size() == elements(tensor) * dtype_size(tensor.dtype), "as many bytes as its shape asks for");
    must_hold(file.find(tensor.name) == &tensor, "names are unique");
    try {
      must_hold(tensor.values().size() == elements(tensor), "a value for each element");
    } catch (const Error&) {  // no numbers
    }
  }
  content_digest(file);
  const ImportedConfig imported = imported_config(file, "fuzz.safetensors", std::nullopt, {});
  must_hold(imported.config.task.table.empty() && imported.config.split.file.empty(), "metadata open no file");
  check_known_sizes(imported.config, file, "fuzz.safetensors");
}

}  // namespace

const FuzzTarget& safetensors_target() {
  static const FuzzTarget target = {"safetensors",
                                    run,
                                    {"\"__metadata__\":{",
                                     "\"groklab.config\":\"",
                                     "\"dtype\":\"F32\"",
                                     "\"shape\":[",
                                     "\"data_offsets\":[0,0]",
                                     "F64",
                                     "BF16",
                                     "F16",
                                     "I64",
                                     "U8",
                                     "BOOL",
                                     "{",
                                     "}",
                                     "[",
                                     "]",
                                     ",",
                                     ":",
                                     "\"",
                                     "embed.W_E",
                                     "blocks.0.mlp.W_in",
                                     "layers.0.W",
                                     "blocks.999999999.attn.W_Q",
                                     "9223372036854775807",
                                     "18446744073709551615",
                                     "-1",
                                     "\\u0000",
                                     "\\ud800"}};
  return target;
}

}  // namespace groklab
