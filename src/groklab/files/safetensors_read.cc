// Reading of safetensors files that others wrote: every claim of the header is checked before it is used.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "groklab/base/error.h"
#include "groklab/files/safetensors.h"

namespace groklab {
namespace {

using Json = nlohmann::json;

/// The limit of the format's own library; a header of one million tensors fits.
constexpr std::uint64_t kLargestHeader = 100'000'000;
/// {"name": {"shape": [ ] } } is the deepest valid nesting.
constexpr int kDeepestHeader = 3;

struct Claim {
  FileTensor tensor;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

template <typename... Args>
[[noreturn]] void refuse(const std::string& where, fmt::format_string<Args...> format, Args&&... args) {
  fail(ErrorKind::kInput, "{}: not a valid safetensors file: {}", where,
       fmt::format(format, std::forward<Args>(args)...));
}

/// The name in quotes, on one line whatever it contains.
std::string quoted(const std::string& name) { return Json(name).dump(); }

/// Parses JSON but refuses deep nesting and duplicate keys, which a plain parse would accept or merge.
Json parse_header(const std::string& where, const std::string& text) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start:
        keys.emplace_back();
        [[fallthrough]];
      case Json::parse_event_t::array_start:
        if (depth >= kDeepestHeader) refuse(where, "the header is nested too deeply");
        break;
      case Json::parse_event_t::object_end:
        keys.pop_back();
        break;
      case Json::parse_event_t::key:
        if (!keys.back().insert(value.get<std::string>()).second) {
          refuse(where, "the header has the key {} twice", value.dump());
        }
        break;
      default:
        break;
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::exception& error) {
    refuse(where, "the header is not JSON ({})", error.what());
  }
}

std::uint64_t unsigned_number(const std::string& where, const std::string& name, const char* what, const Json& json) {
  constexpr std::uint64_t kLargest = INT64_MAX;
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > kLargest) {
    refuse(where, "{} of tensor {} must hold whole numbers from 0, found {}", what, quoted(name), json.dump());
  }
  return json.get<std::uint64_t>();
}

Claim read_claim(const std::string& where, const std::string& name, const Json& entry) {
  const auto field = [&](const char* key, bool is_right_type) -> const Json& {
    if (!is_right_type) refuse(where, "tensor {} has no valid {}", quoted(name), key);
    return entry.at(key);
  };
  if (!entry.is_object() || entry.size() != 3)
    refuse(where, "tensor {}: expected dtype, shape, data_offsets", quoted(name));
  const auto has = [&](const char* key) { return entry.contains(key); };
  Claim claim;
  claim.tensor.name = name;
  claim.tensor.dtype = field("dtype", has("dtype") && entry.at("dtype").is_string()).get<std::string>();
  const std::uint64_t element = dtype_size(claim.tensor.dtype);
  if (element == 0) refuse(where, "tensor {} has the unknown dtype {}", quoted(name), entry.at("dtype").dump());

  std::uint64_t size = element;
  for (const Json& extent : field("shape", has("shape") && entry.at("shape").is_array())) {
    const std::uint64_t value = unsigned_number(where, name, "shape", extent);
    claim.tensor.shape.push_back(static_cast<std::int64_t>(value));
    if (__builtin_mul_overflow(size, value, &size)) refuse(where, "the shape of tensor {} is too large", quoted(name));
  }
  const Json& offsets = field("data_offsets", has("data_offsets") && entry.at("data_offsets").is_array() &&
                                                  entry.at("data_offsets").size() == 2);
  claim.begin = unsigned_number(where, name, "data_offsets", offsets[0]);
  claim.end = unsigned_number(where, name, "data_offsets", offsets[1]);
  if (claim.end < claim.begin || claim.end - claim.begin != size) {
    refuse(where, "tensor {} needs {} bytes for its shape, its data_offsets are {} to {}", quoted(name), size,
           claim.begin, claim.end);
  }
  return claim;
}

std::map<std::string, std::string> read_metadata(const std::string& where, const Json& entry) {
  std::map<std::string, std::string> metadata;
  if (!entry.is_object()) refuse(where, "__metadata__ must map texts to texts");
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_string()) refuse(where, "__metadata__ must map texts to texts");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

/// The tensors must fill the data section: no gap, no overlap, nothing beyond the end of the file.
void check_cover(const std::string& where, const std::vector<Claim>& claims, std::uint64_t data_size) {
  std::uint64_t expected = 0;
  for (const Claim& claim : claims) {
    if (claim.begin != expected) {
      refuse(where, "tensor {} must start at data byte {}, found {}", quoted(claim.tensor.name), expected, claim.begin);
    }
    if (claim.end > data_size) {
      refuse(where, "tensor {} ends at data byte {}, the file has {}", quoted(claim.tensor.name), claim.end, data_size);
    }
    expected = claim.end;
  }
  if (expected != data_size) refuse(where, "the tensors fill {} bytes, the file has {}", expected, data_size);
}

}  // namespace

TensorFile read_safetensors(const std::filesystem::path& path) {
  const std::string where = path.string();
  InputFile input(path);
  std::uint64_t header_size = 0;
  if (input.size() < sizeof(header_size)) refuse(where, "expected at least 8 bytes, found {}", input.size());
  input.read(std::as_writable_bytes(std::span(&header_size, 1)));
  const std::uint64_t rest = input.size() - sizeof(header_size);
  if (header_size > rest || header_size > kLargestHeader) {
    refuse(where, "its header would have {} bytes, the file has {} in all", header_size, input.size());
  }
  std::string text(header_size, '\0');
  input.read(std::as_writable_bytes(std::span(text.data(), text.size())));

  const Json header = parse_header(where, text);
  if (!header.is_object()) refuse(where, "the header is not a JSON object");
  TensorFile file;
  std::vector<Claim> claims;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      file.metadata = read_metadata(where, entry);
    } else {
      claims.push_back(read_claim(where, name, entry));
    }
  }
  std::stable_sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  check_cover(where, claims, rest - header_size);
  for (Claim& claim : claims) {
    claim.tensor.data.resize(claim.end - claim.begin);
    input.read(claim.tensor.data);
    file.tensors.push_back(std::move(claim.tensor));
  }
  return file;
}

}  // namespace groklab
