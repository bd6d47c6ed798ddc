// See safetensors_header.h. The text is read event by event into claims: a document tree of a 90 MB header took 2 GB,
// and the tree parser's callback looked through all former entries at each one.
#include "groklab/files/safetensors_header.h"

#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

namespace groklab {
namespace {

using Json = nlohmann::json;

/// Far above any network, and small enough for a few hundred bytes each.
constexpr std::size_t kMostEntries = 200'000;
constexpr std::size_t kHighestRank = 32;

class HeaderReader {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  explicit HeaderReader(const std::string& where) : where_(where) {}

  bool null() { return scalar("null"); }
  bool boolean(bool value) { return scalar(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) { return scalar(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) { return scalar(text); }
  bool binary(binary_t&) { return scalar("bytes"); }
  bool number_unsigned(number_unsigned_t value) {
    constexpr std::uint64_t kLargest = INT64_MAX;
    if (place_ != Place::kList || value > kLargest) return scalar(std::to_string(value));
    if (list_->size() >= kHighestRank) refuse_safetensors(where_, "{} has too many numbers", what());
    list_->push_back(static_cast<std::int64_t>(value));
    return true;
  }
  bool string(string_t& value) {
    if (place_ == Place::kMetadata) {
      header_.metadata[key_] = std::move(value);
      return true;
    }
    if (place_ != Place::kTensor || key_ != "dtype") return scalar(quoted_name(value));
    claim_.tensor.dtype = std::move(value);
    return true;
  }

  bool start_object(std::size_t) {
    switch (place_) {
      case Place::kOutside:
        place_ = Place::kTop;
        return true;
      case Place::kTop:
        if (key_ == "__metadata__") {
          place_ = Place::kMetadata;
        } else {
          place_ = Place::kTensor;
          claim_ = TensorClaim{};
          claim_.tensor.name = key_;
          offsets_.clear();
        }
        keys_.clear();
        return true;
      default:
        return scalar("an object");
    }
  }
  bool key(string_t& value) {
    std::unordered_set<std::string>& known = place_ == Place::kTop ? names_ : keys_;
    if (!known.insert(value).second) {
      refuse_safetensors(where_, "the header has the key {} twice", quoted_name(value));
    }
    if (known.size() > kMostEntries) refuse_safetensors(where_, "it has more than {} entries", kMostEntries);
    key_ = std::move(value);
    if (place_ == Place::kTensor && key_ != "dtype" && key_ != "shape" && key_ != "data_offsets") {
      refuse_safetensors(where_, "tensor {}: expected dtype, shape, data_offsets, found {}",
                         quoted_name(claim_.tensor.name), quoted_name(key_));
    }
    return true;
  }
  bool end_object() {
    if (place_ == Place::kTensor) finish_claim();
    place_ = place_ == Place::kTop ? Place::kOutside : Place::kTop;
    return true;
  }
  bool start_array(std::size_t) {
    if (place_ != Place::kTensor || key_ == "dtype") return scalar("a list");
    list_ = key_ == "shape" ? &claim_.tensor.shape : &offsets_;
    place_ = Place::kList;
    return true;
  }
  bool end_array() {
    place_ = Place::kTensor;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception& error) {
    refuse_safetensors(where_, "the header is not JSON ({})", error.what());
  }

  TensorHeader take() { return std::move(header_); }

 private:
  enum class Place { kOutside, kTop, kMetadata, kTensor, kList };

  std::string what() const { return fmt::format("{} of tensor {}", key_, quoted_name(claim_.tensor.name)); }

  /// A value where none of its kind belongs.
  bool scalar(const std::string& found) {
    switch (place_) {
      case Place::kOutside:
        refuse_safetensors(where_, "the header is not a JSON object");
      case Place::kTop:
        if (key_ == "__metadata__") break;
        refuse_safetensors(where_, "tensor {}: expected dtype, shape, data_offsets, found {}", quoted_name(key_),
                           found);
      case Place::kMetadata:
        break;
      case Place::kTensor:
        refuse_safetensors(where_, "tensor {} has no valid {}: {}", quoted_name(claim_.tensor.name), key_, found);
      case Place::kList:
        refuse_safetensors(where_, "{} must hold whole numbers from 0, found {}", what(), found);
    }
    refuse_safetensors(where_, "__metadata__ must map texts to texts");
  }

  void finish_claim() {
    const std::string name = quoted_name(claim_.tensor.name);
    if (keys_.size() != 3) refuse_safetensors(where_, "tensor {}: expected dtype, shape, data_offsets", name);
    if (offsets_.size() != 2) refuse_safetensors(where_, "tensor {} has no valid data_offsets", name);
    std::uint64_t size = dtype_size(claim_.tensor.dtype);
    if (size == 0) {
      refuse_safetensors(where_, "tensor {} has the unknown dtype {}", name, quoted_name(claim_.tensor.dtype));
    }
    for (const std::int64_t extent : claim_.tensor.shape) {
      if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(extent), &size)) {
        refuse_safetensors(where_, "the shape of tensor {} is too large", name);
      }
    }
    claim_.begin = static_cast<std::uint64_t>(offsets_[0]);
    claim_.end = static_cast<std::uint64_t>(offsets_[1]);
    if (claim_.end < claim_.begin || claim_.end - claim_.begin != size) {
      refuse_safetensors(where_, "tensor {} needs {} bytes for its shape, its data_offsets are {} to {}", name, size,
                         claim_.begin, claim_.end);
    }
    header_.claims.push_back(std::move(claim_));
  }

  const std::string& where_;
  TensorHeader header_;
  Place place_ = Place::kOutside;
  std::string key_;                        ///< the last one
  std::unordered_set<std::string> names_;  ///< of the header
  std::unordered_set<std::string> keys_;   ///< of the object inside it
  TensorClaim claim_;
  std::vector<std::int64_t> offsets_;
  std::vector<std::int64_t>* list_ = nullptr;  ///< being read
};

}  // namespace

std::string quoted_name(const std::string& name) {
  return Json(name).dump(-1, ' ', false, Json::error_handler_t::replace);
}

TensorHeader parse_tensor_header(const std::string& where, const std::string& text) {
  HeaderReader reader(where);
  Json::sax_parse(text, &reader);
  return reader.take();
}

}  // namespace groklab
