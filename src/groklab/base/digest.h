// Digests of bytes: names of files by their contents, and checksums of what is stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace groklab {

/// XXH3-128 as 32 hex digits (as `xxhsum -H2` prints it).
std::string digest_of(std::string_view bytes);

/// XXH3-64, for a checksum beside a row.
std::int64_t checksum_of(std::string_view bytes);

/// digest_of bytes that come in pieces.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add(std::span<const std::byte> bytes);
  /// A text with its length, so that "a", "bc" and "ab", "c" differ.
  void add_text(std::string_view text);
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace groklab
