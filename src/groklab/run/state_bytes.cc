// See state_bytes.h. The fields are listed once; writing and reading walk the same list.
#include "groklab/run/state_bytes.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr std::uint64_t kMagic = 0x31'65'74'61'74'73'4b'47;  // "GKstate1": raise the last digit with every change

class Writer {
 public:
  template <typename Number>
  void number(const Number& value) {
    const auto* begin = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), begin, begin + sizeof(value));
  }
  /// A text, or bytes.
  template <class Sequence>
  void sequence(const Sequence& value) {
    number(static_cast<std::uint64_t>(value.size()));
    const auto* begin = reinterpret_cast<const std::byte*>(value.data());
    bytes.insert(bytes.end(), begin, begin + value.size());
  }
  void size(const std::vector<StateBuffer>& buffers) { number(static_cast<std::uint64_t>(buffers.size())); }
  std::vector<std::byte> bytes;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <typename Number>
  void number(Number& value) {
    const auto part = take(sizeof(value));
    std::memcpy(&value, part.data(), sizeof(value));
  }
  /// Any other byte in a bool is undefined behaviour, in an enumeration a value that nobody knows.
  void number(bool& value) {
    std::uint8_t byte = 0;
    number(byte);
    if (byte > 1) fail(ErrorKind::kInput, "state: expected 0 or 1, found {}", byte);
    value = byte == 1;
  }
  void number(Precision& value) {
    std::underlying_type_t<Precision> found{};
    number(found);
    value = static_cast<Precision>(found);
    if (value != Precision::kFloat32 && value != Precision::kFloat64) {
      fail(ErrorKind::kInput, "state: expected the precision 0 or 1, found {}", found);
    }
  }
  template <class Sequence>
  void sequence(Sequence& value) {
    std::uint64_t size = 0;
    number(size);
    const auto part = take(size);
    value.resize(part.size());
    if (!part.empty()) std::memcpy(value.data(), part.data(), part.size());
  }
  void size(std::vector<StateBuffer>& buffers) {
    std::uint64_t count = 0;
    number(count);
    if (count > bytes_.size()) fail(ErrorKind::kInput, "state: expected {} buffers, found fewer bytes", count);
    buffers.resize(static_cast<std::size_t>(count));
  }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::span<const std::byte> take(std::uint64_t size) {
    if (size > bytes_.size()) {
      fail(ErrorKind::kInput, "state: expected {} more bytes, found {}", size, bytes_.size());
    }
    const auto part = bytes_.first(static_cast<std::size_t>(size));
    bytes_ = bytes_.subspan(static_cast<std::size_t>(size));
    return part;
  }
  std::span<const std::byte> bytes_;
};

template <class Archive, class State>
void visit(Archive& archive, State& owned) {
  archive.sequence(owned.id);
  archive.number(owned.follows_config);
  auto& state = owned.state;
  archive.number(state.precision);
  archive.number(state.step);
  archive.number(state.optimizer_step);
  archive.sequence(state.parameters);
  archive.size(state.buffers);
  for (auto& buffer : state.buffers) {
    archive.sequence(buffer.name);
    archive.sequence(buffer.bytes);
  }
  archive.number(state.last_gradient_norm);
  archive.number(state.last_update_norm);
  archive.number(state.last_learning_rate);
  archive.number(state.seconds);
}

}  // namespace

std::vector<std::byte> state_to_bytes(const OwnedState& state) {
  Writer writer;
  writer.number(kMagic);
  visit(writer, state);
  return std::move(writer.bytes);
}

OwnedState state_from_bytes(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  std::uint64_t magic = 0;
  if (bytes.size() >= sizeof(magic)) reader.number(magic);
  if (magic != kMagic) fail(ErrorKind::kInput, "state: expected the bytes of a state of groklab, found others");
  OwnedState state;
  visit(reader, state);
  if (!reader.at_end()) fail(ErrorKind::kInput, "state: expected its end, found more bytes");
  return state;
}

}  // namespace groklab
