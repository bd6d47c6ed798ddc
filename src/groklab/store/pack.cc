// See pack.h.
#include "groklab/store/pack.h"

#include <cstring>
#include <utility>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr std::string_view kPackHead = "GROKPAK1";
constexpr std::string_view kPackEnd = "GROKPEND";
constexpr std::size_t kPackFoot = 32;   // offset and size of the directory, its checksum, the end's name
constexpr std::size_t kEntryHead = 24;  // length of the name, size and checksum of the bytes
constexpr std::uint64_t kLongestPackedName = 300;

std::string number_bytes(std::uint64_t number) { return {reinterpret_cast<const char*>(&number), sizeof(number)}; }

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

std::string read_part(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size) {
  InputFile file(path, offset, size);
  std::string bytes(size, '\0');
  file.read(std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
  return bytes;
}

std::string entry_head(const PackEntry& entry) {
  return number_bytes(entry.name.size()) + number_bytes(entry.size) +
         number_bytes(static_cast<std::uint64_t>(entry.checksum)) + entry.name;
}

[[noreturn]] void refuse_pack(const std::filesystem::path& path, const char* what) {
  fail(ErrorKind::kInput, "{}: expected a pack of a store, found {}", path.string(), what);
}

}  // namespace

std::string read_stored_file(const StoredFile& file) { return read_part(file.path, file.offset, file.size); }

PackWriter::PackWriter(const std::filesystem::path& path) : file_(path, Links::kReplace) { write(kPackHead); }

void PackWriter::write(std::string_view bytes) {
  file_.write(bytes);
  size_ += bytes.size();
}

void PackWriter::add(const std::string& name, std::string_view bytes) {
  PackEntry entry = {name, 0, bytes.size(), checksum_of(bytes)};
  write(entry_head(entry));
  entry.offset = size_;
  write(bytes);
  entries_.push_back(std::move(entry));
}

void PackWriter::publish() {
  const std::uint64_t begin = size_;
  std::string directory;
  for (const PackEntry& entry : entries_) directory += entry_head(entry) + number_bytes(entry.offset);
  write(directory);
  write(number_bytes(begin) + number_bytes(directory.size()) +
        number_bytes(static_cast<std::uint64_t>(checksum_of(directory))));
  write(kPackEnd);
  file_.publish(Durability::kSync);
}

std::vector<PackEntry> read_pack_directory(const std::filesystem::path& path) {
  const std::uint64_t size = InputFile(path).size();
  if (size < kPackHead.size() + kPackFoot) refuse_pack(path, "a shorter file");
  if (read_part(path, 0, kPackHead.size()) != kPackHead) refuse_pack(path, "another file");
  const std::string foot = read_part(path, size - kPackFoot, kPackFoot);
  if (foot.substr(24) != kPackEnd) refuse_pack(path, "one without its end");
  const std::uint64_t begin = number_at(foot, 0), length = number_at(foot, 8);
  if (begin > size - kPackFoot || length != size - kPackFoot - begin)
    refuse_pack(path, "another place of its directory");
  const std::string directory = read_part(path, begin, length);
  if (static_cast<std::uint64_t>(checksum_of(directory)) != number_at(foot, 16)) {
    refuse_pack(path, "a directory whose checksum does not fit");
  }
  std::vector<PackEntry> entries;
  for (std::string_view rest = directory; !rest.empty();) {
    const std::uint64_t name = rest.size() < kEntryHead ? kLongestPackedName + 1 : number_at(rest, 0);
    if (name > kLongestPackedName || rest.size() < kEntryHead + name + 8)
      refuse_pack(path, "a directory that ends early");
    PackEntry entry = {std::string(rest.substr(kEntryHead, name)), number_at(rest, kEntryHead + name),
                       number_at(rest, 8), static_cast<std::int64_t>(number_at(rest, 16))};
    if (entry.offset > begin || entry.size > begin - entry.offset) refuse_pack(path, "an entry outside of it");
    rest.remove_prefix(kEntryHead + name + 8);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<PackEntry> scan_pack(const std::filesystem::path& path) {
  InputFile file(path);
  std::vector<PackEntry> entries;
  std::uint64_t left = file.size();
  const auto take = [&](std::uint64_t size) {
    std::string bytes(size, '\0');
    file.read(std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    left -= size;
    return bytes;
  };
  if (left < kPackHead.size() || take(kPackHead.size()) != kPackHead) return entries;
  while (left >= kEntryHead) {
    const std::string head = take(kEntryHead);
    PackEntry entry = {"", 0, number_at(head, 8), static_cast<std::int64_t>(number_at(head, 16))};
    const std::uint64_t name = number_at(head, 0);
    if (name > kLongestPackedName || name > left || entry.size > left - name) break;
    entry.name = take(name);
    entry.offset = file.size() - left;
    if (checksum_of(take(entry.size)) != entry.checksum) break;  // the directory looks like an entry that does not fit
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace groklab
