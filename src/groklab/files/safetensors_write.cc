// Writing of safetensors files. Reading is separate because it trusts nothing.
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/files/safetensors.h"

namespace groklab {
namespace {

std::size_t expected_bytes(const FileTensor& tensor) {
  std::size_t size = dtype_size(tensor.dtype);
  require(size > 0, "a tensor to write must have a known dtype");
  for (const std::int64_t extent : tensor.shape) size *= static_cast<std::size_t>(extent);
  return size;
}

std::string header_text(const TensorFile& file) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  auto& members = header.get_ref<nlohmann::ordered_json::object_t&>();
  std::set<std::string> names;
  std::size_t offset = 0;
  for (const FileTensor& tensor : file.tensors) {
    require(tensor.name != "__metadata__" && names.insert(tensor.name).second, "tensor names must be unique");
    require(tensor.data.size() == expected_bytes(tensor), "a tensor's bytes must fit its shape");
    const std::size_t end = offset + tensor.data.size();
    nlohmann::ordered_json claim = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    members.emplace_back(tensor.name, std::move(claim));  // operator[] looks through all of them: 50,000 took seconds
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // readers may map the data: it starts on 8 bytes
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const TensorFile& file, Durability durability, Links links) {
  const std::string header = header_text(file);
  const std::uint64_t length = header.size();
  std::vector<std::span<const std::byte>> parts;
  parts.push_back(std::as_bytes(std::span(&length, 1)));
  parts.push_back(std::as_bytes(std::span(header.data(), header.size())));
  for (const FileTensor& tensor : file.tensors) parts.push_back(tensor.data);
  write_file(path, parts, durability, links);
}

}  // namespace groklab
