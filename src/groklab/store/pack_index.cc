// See pack_index.h.
#include "groklab/store/pack_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "groklab/base/error.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

/// "000012.pack" -> 12; 0 for other names.
int pack_number(const std::string& name) {
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && std::string_view(end) == ".pack" && number > 0 ? number : 0;
}

std::uintmax_t size_or_zero(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

fs::path PackIndex::pack_file(int number) const { return packs() / fmt::format("{:06}.pack", number); }

std::set<int> PackIndex::numbers() const {
  std::set<int> found;
  std::error_code none;
  if (fs::is_symlink(packs(), none)) return found;
  for (const auto& entry : fs::directory_iterator(packs(), none)) {
    if (const int number = pack_number(entry.path().filename().string()); number > 0) found.insert(number);
  }
  return found;
}

void PackIndex::refresh() const {
  std::set<int> present = numbers();
  const std::uintmax_t removed = size_or_zero(removed_file());
  if (present == read_ && removed == removed_size_) return;
  read_ = std::move(present);
  removed_size_ = removed;
  read_packs();
}

void PackIndex::read_packs() const {
  places_.clear();
  faults_.clear();
  std::map<std::string, int> removed;  // folder: the last pack of which nothing is there
  if (removed_size_ > 0) {
    std::istringstream lines(read_stored_file({removed_file(), 0, removed_size_, false, ""}));
    int number = 0;
    for (std::string folder; lines >> number >> folder;) {
      removed[folder] = std::max(removed[folder], number);
      last_removed_ = std::max(last_removed_, number);
    }
  }
  for (const int number : read_) {
    std::vector<PackEntry> entries;
    try {
      entries = read_pack_directory(pack_file(number));
    } catch (const Error& error) {
      faults_.push_back(error.what());
      try {
        entries = scan_pack(pack_file(number));
      } catch (const Error&) {
        continue;  // cannot be read at all: what lay in it is missing, and told as such
      }
    }
    for (const PackEntry& entry : entries) {
      const std::size_t slash = entry.name.find('/');
      if (slash == std::string::npos) continue;
      const std::string folder = entry.name.substr(0, slash);
      const auto gone = removed.find(folder);
      if (gone != removed.end() && number <= gone->second) continue;
      places_[folder][entry.name.substr(slash + 1)] = {number, entry.offset, entry.size};
    }
  }
}

std::optional<StoredFile> PackIndex::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  refresh();
  const std::size_t slash = name.find('/');
  const auto folder = places_.find(name.substr(0, slash));
  if (folder == places_.end()) return std::nullopt;
  const auto found = folder->second.find(name.substr(slash + 1));
  if (found == folder->second.end()) return std::nullopt;
  const Place& place = found->second;
  const fs::path path = pack_file(place.pack);
  return StoredFile{path, place.offset, place.size, true, path.string() + ": " + name};
}

std::set<std::string> PackIndex::folders() const {
  const std::lock_guard lock(mutex_);
  refresh();
  std::set<std::string> names;
  for (const auto& [folder, entries] : places_) names.insert(folder);
  return names;
}

std::uint64_t PackIndex::bytes_of(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  refresh();
  std::uint64_t bytes = 0;
  const auto found = places_.find(folder);
  if (found == places_.end()) return bytes;
  for (const auto& [name, place] : found->second) bytes += place.size;
  return bytes;
}

void PackIndex::remove(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  refresh();
  if (!places_.contains(folder)) return;  // a pack that holds it is there, so that there is a last one
  if (removed_size_ == 0) write_file(removed_file(), std::string(), Durability::kSync, Links::kReplace);
  const std::string line = fmt::format("{} {}\n", *read_.rbegin(), folder);
  append_file(removed_file(), size_or_zero(removed_file()), line, Durability::kNoSync);
  places_.erase(folder);
  removed_size_ += line.size();
}

fs::path PackIndex::next_pack() const {
  const std::lock_guard lock(mutex_);
  refresh();
  return pack_file(std::max(read_.empty() ? 0 : *read_.rbegin(), last_removed_) + 1);
}

std::vector<PackIndex::Use> PackIndex::uses() const {
  const std::lock_guard lock(mutex_);
  refresh();
  std::map<int, Use> uses;
  for (const int number : read_) uses[number] = {pack_file(number), size_or_zero(pack_file(number)), {}};
  for (const auto& [folder, entries] : places_) {
    for (const auto& [name, place] : entries) {
      uses[place.pack].bytes[folder + "/" + name] = place.size;
    }
  }
  std::vector<Use> all;
  for (auto& [number, use] : uses) all.push_back(std::move(use));
  return all;
}

std::vector<std::string> PackIndex::faults() const {
  const std::lock_guard lock(mutex_);
  refresh();
  return faults_;
}

}  // namespace groklab
