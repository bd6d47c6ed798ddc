// Packs of a store. An input is what stands between the head and the directory, "\n===\n", and the directory; the foot
// with the directory's place and checksum is put right, as a mutation would never get behind it.
#include "groklab/store/pack.h"

#include <algorithm>

#include "fuzz.h"
#include "groklab/base/digest.h"
#include "memory_file.h"

namespace groklab {
namespace {

constexpr std::string_view kParting = "\n===\n";

std::string sealed_pack(std::string_view bytes) {
  const std::size_t cut = std::min(bytes.find(kParting), bytes.size());
  const std::string_view directory = bytes.substr(std::min(bytes.size(), cut + kParting.size()));
  std::string file = "GROKPAK1" + std::string(bytes.substr(0, cut));
  const std::uint64_t foot[3] = {file.size(), directory.size(), static_cast<std::uint64_t>(checksum_of(directory))};
  file += directory;
  file.append(reinterpret_cast<const char*>(foot), sizeof(foot));
  return file + "GROKPEND";
}

void look_at(const std::filesystem::path& path, std::size_t size, const std::vector<PackEntry>& entries) {
  for (const PackEntry& entry : entries) {
    must_hold(entry.offset <= size && entry.size <= size - entry.offset, "entries inside the file");
    must_hold(read_stored_file({path, entry.offset, entry.size, true, entry.name}).size() == entry.size, "its bytes");
  }
}

void run(std::string_view bytes) {
  const std::string file = sealed_pack(bytes);
  const MemoryFile place(file);
  const std::vector<PackEntry> scanned = scan_pack(place.path());
  look_at(place.path(), file.size(), scanned);
  look_at(place.path(), file.size(), read_pack_directory(place.path()));
}

}  // namespace

const FuzzTarget& pack_target() {
  using namespace std::string_view_literals;
  static const FuzzTarget target = {
      "pack",
      run,
      {"\n===\n", "a/step-5.safetensors", "a/run.rows", "../", "\1\0\0\0\0\0\0\0"sv, "\x0a\0\0\0\0\0\0\0"sv,
       "\xff\xff\xff\xff\xff\xff\xff\xff"sv, "\0\0\0\0\0\0\0\0"sv}};
  return target;
}

}  // namespace groklab
