// See checkpoint_file.h. The format is described in docs/formats/store.md.
#include "groklab/store/checkpoint_file.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/store/record_columns.h"

namespace groklab {
namespace {

constexpr const char* kFormat = "groklab checkpoint";
constexpr int kVersion = 3;  // 1 had no list of buffers (first_moment and second_moment), 1 and 2 had no checksum
constexpr const char* kChecksum = "checksum";

std::size_t element_size(Precision precision) { return precision == Precision::kFloat64 ? 8 : 4; }
const char* dtype_name(Precision precision) { return precision == Precision::kFloat64 ? "F64" : "F32"; }
const char* precision_name(Precision precision) { return precision == Precision::kFloat64 ? "float64" : "float32"; }

/// Hexadecimal floating point: exact, and strtod reads it back.
std::string exact_text(double value) { return fmt::format("{:a}", value); }

void append_buffer(TensorFile& file, const std::string& prefix, const std::vector<std::byte>& buffer,
                   Precision precision, const ParameterLayout& layout) {
  const std::size_t size = element_size(precision);
  require(buffer.size() == static_cast<std::size_t>(layout.total()) * size, "a state must have its layout's size");
  for (const TensorSpec& spec : layout.tensors()) {
    const std::byte* begin = buffer.data() + static_cast<std::size_t>(spec.offset) * size;
    const std::byte* end = begin + static_cast<std::size_t>(spec.size) * size;
    file.tensors.push_back({prefix + spec.name, dtype_name(precision), spec.shape, {begin, end}});
  }
}

std::string buffer_prefix(const std::string& buffer) { return "optim." + buffer + "."; }

std::string shape_text(const std::vector<std::int64_t>& shape) { return nlohmann::json(shape).dump(); }

class CheckpointReader {
 public:
  CheckpointReader(const TensorFile& file, const ParameterLayout& layout, const std::string& where)
      : file_(file), layout_(layout), where_(where) {}

  TrainState read() const {
    if (text("format") != kFormat) {
      fail(ErrorKind::kInput, "{}: not a groklab checkpoint (metadata format is '{}')", where_, text("format"));
    }
    const std::int64_t version = integer("version");
    if (version < 1 || version > kVersion) {
      fail(ErrorKind::kInput, "{}: expected checkpoint version 1 to {}, found {}", where_, kVersion, version);
    }
    TrainState state;
    state.precision =
        text("precision") == precision_name(Precision::kFloat64) ? Precision::kFloat64 : Precision::kFloat32;
    state.step = integer("step");
    state.optimizer_step = integer("optimizer_step");
    state.last_gradient_norm = number("last_gradient_norm");
    state.last_update_norm = number("last_update_norm");
    state.last_learning_rate = number("last_learning_rate");
    state.seconds = number("seconds");

    state.parameters = buffer("", state.precision);
    for (const StoredBuffer& stored : stored_buffers(version)) {
      state.buffers.push_back({stored.name, buffer(buffer_prefix(stored.stored_name), state.precision)});
    }
    const std::size_t expected = (1 + state.buffers.size()) * layout_.tensors().size();
    if (file_.tensors.size() != expected) {
      fail(ErrorKind::kInput, "{}: expected {} tensors, found {}", where_, expected, file_.tensors.size());
    }
    return state;
  }

 private:
  std::string text(const std::string& key) const {
    const auto found = file_.metadata.find(key);
    return found == file_.metadata.end() ? "" : found->second;
  }
  std::int64_t integer(const std::string& key) const {
    const std::string value = text(key);
    std::int64_t result = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (value.empty() || error != std::errc() || end != value.data() + value.size()) bad(key, value);
    return result;
  }
  double number(const std::string& key) const {
    const std::string value = text(key);
    char* end = nullptr;
    const double result = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0') bad(key, value);
    return result;
  }
  [[noreturn]] void bad(const std::string& key, const std::string& value) const {
    fail(ErrorKind::kInput, "{}: metadata {}: expected a number, found '{}'", where_, key, value);
  }
  struct StoredBuffer {
    std::string name, stored_name;
  };
  std::vector<StoredBuffer> stored_buffers(std::int64_t version) const {
    std::vector<StoredBuffer> buffers;
    if (version == 1) {
      if (!has_buffer("first_moment")) return {};
      if (!has_buffer("second_moment")) return {{"sgd.momentum", "first_moment"}};
      return {{"adam.m", "first_moment"}, {"adam.v", "second_moment"}};
    }
    std::istringstream names(text("buffers"));
    for (std::string name; names >> name;) buffers.push_back({name, name});
    return buffers;
  }
  bool has_buffer(const std::string& name) const {
    return !layout_.tensors().empty() && file_.find(buffer_prefix(name) + layout_.tensors().front().name) != nullptr;
  }

  std::vector<std::byte> buffer(const std::string& prefix, Precision precision) const {
    const std::size_t size = element_size(precision);
    std::vector<std::byte> bytes(static_cast<std::size_t>(layout_.total()) * size, std::byte{0});
    for (const TensorSpec& spec : layout_.tensors()) {
      const FileTensor* tensor = file_.find(prefix + spec.name);
      if (tensor == nullptr) fail(ErrorKind::kInput, "{}: no tensor {}", where_, prefix + spec.name);
      if (tensor->shape != spec.shape || tensor->dtype != dtype_name(precision)) {
        fail(ErrorKind::kInput, "{}: tensor {}: expected {} {}, found {} {}", where_, tensor->name,
             dtype_name(precision), shape_text(spec.shape), tensor->dtype, shape_text(tensor->shape));
      }
      if (tensor->data.empty()) continue;
      std::memcpy(bytes.data() + static_cast<std::size_t>(spec.offset) * size, tensor->data.data(),
                  tensor->data.size());
    }
    return bytes;
  }

  const TensorFile& file_;
  const ParameterLayout& layout_;
  const std::string& where_;
};

/// The file, if it says what it said when it was written.
TensorFile check_sealed(TensorFile file, const std::string& where) {
  const auto found = file.metadata.find(kChecksum);
  const auto version = file.metadata.find("version");
  const bool is_older = version != file.metadata.end() && (version->second == "1" || version->second == "2");
  if (found == file.metadata.end() && is_older) return file;
  const std::string expected = found == file.metadata.end() ? "none" : found->second;
  const std::string actual = content_digest(file, kChecksum);
  if (expected != actual) {
    fail(ErrorKind::kInput, "{}: damaged: expected the checksum {}, found {}; see groklab store verify", where,
         expected, actual);
  }
  return file;
}

}  // namespace

TensorFile checkpoint_to_file(const TrainState& state, const ParameterLayout& layout, bool kept) {
  TensorFile file;
  file.metadata = {{"format", kFormat},
                   {"version", std::to_string(kVersion)},
                   {"step", std::to_string(state.step)},
                   {"optimizer_step", std::to_string(state.optimizer_step)},
                   {"precision", precision_name(state.precision)},
                   {"last_gradient_norm", exact_text(state.last_gradient_norm)},
                   {"last_update_norm", exact_text(state.last_update_norm)},
                   {"last_learning_rate", exact_text(state.last_learning_rate)},
                   {"seconds", exact_text(state.seconds)},
                   {"kept", kept ? "yes" : "no"}};
  append_buffer(file, "", state.parameters, state.precision, layout);
  std::string names;
  for (const StateBuffer& buffer : state.buffers) {
    names += (names.empty() ? "" : " ") + buffer.name;
    append_buffer(file, buffer_prefix(buffer.name), buffer.bytes, state.precision, layout);
  }
  file.metadata["buffers"] = names;
  seal_checkpoint_file(file);
  return file;
}

TrainState checkpoint_from_file(const TensorFile& file, const ParameterLayout& layout, const std::string& where) {
  return CheckpointReader(file, layout, where).read();
}

const CheckpointInfo& find_checkpoint(const std::vector<CheckpointInfo>& known, const std::string& run,
                                      std::int64_t step) {
  if (step < 0 && !known.empty()) return known.back();
  std::vector<std::string> steps;
  for (const CheckpointInfo& info : known) {
    if (info.step == step) return info;
    steps.push_back(std::to_string(info.step));
  }
  fail(ErrorKind::kStore, "store: run {} has no checkpoint{}; stored steps: {}", run,
       step < 0 ? "" : fmt::format(" at step {}", step), steps.empty() ? "none" : join(steps, ", "));
}

TensorFile read_checkpoint_file(const std::filesystem::path& path) {
  return check_sealed(read_safetensors(path), path.string());
}

TensorFile read_checkpoint_file(const StoredFile& file) {
  if (!file.is_packed) return read_checkpoint_file(file.path);
  InputFile input(file.path, file.offset, file.size);
  return check_sealed(read_safetensors(input, file.name), file.name);
}

void seal_checkpoint_file(TensorFile& file) { file.metadata[kChecksum] = content_digest(file, kChecksum); }

TensorFile weights_of_checkpoint(TensorFile file) {
  std::erase_if(file.tensors, [](const FileTensor& tensor) { return tensor.name.starts_with("optim."); });
  return file;
}

}  // namespace groklab
