// Reading of safetensors files that others wrote: every claim of the header is checked before it is used.
#include <algorithm>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/files/safetensors.h"
#include "groklab/files/safetensors_header.h"

namespace groklab {
namespace {

/// The limit of the format's own library; a header of one million tensors fits.
constexpr std::uint64_t kLargestHeader = 100'000'000;

/// The tensors must fill the data section: no gap, no overlap, nothing beyond the end of the file.
void check_cover(const std::string& where, const std::vector<TensorClaim>& claims, std::uint64_t data_size) {
  std::uint64_t expected = 0;
  for (const TensorClaim& claim : claims) {
    if (claim.begin != expected) {
      refuse_safetensors(where, "tensor {} must start at data byte {}, found {}", quoted_name(claim.tensor.name),
                         expected, claim.begin);
    }
    if (claim.end > data_size) {
      refuse_safetensors(where, "tensor {} ends at data byte {}, the file has {}", quoted_name(claim.tensor.name),
                         claim.end, data_size);
    }
    expected = claim.end;
  }
  if (expected != data_size)
    refuse_safetensors(where, "the tensors fill {} bytes, the file has {}", expected, data_size);
}

}  // namespace

TensorFile read_safetensors(const std::filesystem::path& path) {
  InputFile input(path);
  return read_safetensors(input, path.string());
}

TensorFile read_safetensors(InputFile& input, const std::string& where) {
  std::uint64_t header_size = 0;
  if (input.size() < sizeof(header_size))
    refuse_safetensors(where, "expected at least 8 bytes, found {}", input.size());
  input.read(std::as_writable_bytes(std::span(&header_size, 1)));
  const std::uint64_t rest = input.size() - sizeof(header_size);
  if (header_size > rest || header_size > kLargestHeader) {
    refuse_safetensors(where, "its header would have {} bytes, the file has {} in all", header_size, input.size());
  }
  std::string text(header_size, '\0');
  input.read(std::as_writable_bytes(std::span(text.data(), text.size())));

  TensorHeader header = parse_tensor_header(where, text);
  text = {};
  std::vector<TensorClaim>& claims = header.claims;
  TensorFile file;
  file.metadata = std::move(header.metadata);
  std::stable_sort(claims.begin(), claims.end(), [](const TensorClaim& a, const TensorClaim& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  check_cover(where, claims, rest - header_size);
  for (TensorClaim& claim : claims) {
    claim.tensor.data.resize(claim.end - claim.begin);
    input.read(claim.tensor.data);
    file.tensors.push_back(std::move(claim.tensor));
  }
  return file;
}

}  // namespace groklab
