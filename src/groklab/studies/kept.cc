// See kept.h.
#include "groklab/studies/kept.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "groklab/base/error.h"
#include "groklab/config/text_file.h"
#include "groklab/files/file_io.h"

namespace groklab::studies {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "reproductions";
constexpr const char* kLookPrefix = "look-";
constexpr std::uintmax_t kLargestFile = 4 << 20;
constexpr std::size_t kMostFiles = 200;
constexpr std::size_t kMostClaims = 200;

std::string text_of(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>().substr(0, 2000) : "";
}

std::optional<double> number_of(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  if (!json.is_object() || found == json.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::string effect_of(const Json& claim) {
  const auto value = number_of(claim, "effect"), low = number_of(claim, "ci_low"), high = number_of(claim, "ci_high");
  if (!value) return "";
  if (!low || !high) return fmt::format("{:.3g}", *value);
  return fmt::format("{:.3g} ({:.3g} to {:.3g})", *value, *low, *high);
}

KeptReproduction::Claim kept_claim(const Json& json) {
  const std::string what = text_of(json, "effect_is"), ours = text_of(json, "ours");
  return {text_of(json, "id"), text_of(json, "title"), text_of(json, "verdict"), effect_of(json),
          what + (what.empty() || ours.empty() ? "" : ". ") + ours};
}

std::optional<KeptReproduction> read_kept(const fs::path& file) {
  const Json json = Json::parse(read_text_file(file.string()), nullptr, false);
  if (!json.is_object() || !json.contains("claims") || !json["claims"].is_array()) return std::nullopt;
  KeptReproduction kept{text_of(json, "study"), text_of(json, "scale"), "", file.filename().string(), {}};
  if (json.contains("protocol")) kept.protocol = text_of(json["protocol"], "hash");
  if (kept.study.empty()) return std::nullopt;
  for (const Json& claim : json["claims"]) {
    if (kept.claims.size() < kMostClaims && claim.is_object()) kept.claims.push_back(kept_claim(claim));
  }
  return kept;
}

/// The folder, made if it is not there.
fs::path reproductions_folder(const fs::path& store) {
  const fs::path folder = store / kFolder;
  make_directories(folder, Durability::kNoSync);
  std::error_code error;
  if (fs::is_symlink(folder, error)) {
    fail(ErrorKind::kStore, "{}: expected a folder of the store, found a link out of it", folder.string());
  }
  return folder;
}

/// Plain JSON files of the folder, looks or the others, by name.
std::set<fs::path> kept_files(const fs::path& store, bool looks) {
  std::set<fs::path> files;
  std::error_code error;
  if (fs::is_symlink(store / kFolder, error)) return {};
  for (const auto& entry : fs::directory_iterator(store / kFolder, error)) {
    const bool is_plain =
        entry.is_regular_file(error) && !entry.is_symlink(error) && entry.file_size(error) <= kLargestFile;
    const bool is_look = entry.path().filename().string().starts_with(kLookPrefix);
    if (is_plain && is_look == looks && entry.path().extension() == ".json" && files.size() < kMostFiles) {
      files.insert(entry.path());
    }
  }
  return files;
}

}  // namespace

fs::path keep_reproduction(const fs::path& store, const Reproduction& reproduction) {
  const std::string hash = reproduction.protocol.hash;
  const fs::path file = reproductions_folder(store) /
                        fmt::format("{}-{}-{}.json", reproduction.study->id, reproduction.summary.scale, hash);
  write_file(file.string(), reproduction_json(reproduction).dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
             Durability::kNoSync, Links::kReplace);
  return file;
}

std::optional<fs::path> keep_look(const fs::path& store, const Look& look) {
  const fs::path folder = reproductions_folder(store);
  for (const Look& kept : kept_looks(store)) {
    if (is_same_look(kept, look)) return std::nullopt;
  }
  const fs::path file = folder / (kLookPrefix + look_file_name(look));
  write_file(file.string(), look_text(look), Durability::kSync, Links::kReplace);
  return file;
}

std::vector<Look> kept_looks(const fs::path& store) {
  std::vector<Look> looks;
  for (const fs::path& file : kept_files(store, true)) {
    try {
      looks.push_back(parse_look(read_text_file(file.string()), file.string()));
    } catch (const Error&) {
      // It is no look, went away, or cannot be read.
    }
  }
  return looks;
}

std::vector<KeptReproduction> kept_reproductions(const fs::path& store) {
  std::vector<KeptReproduction> all;
  for (const fs::path& file : kept_files(store, false)) {
    try {
      if (auto kept = read_kept(file)) all.push_back(std::move(*kept));
    } catch (const Error&) {
      // It went away, or cannot be read.
    }
  }
  return all;
}

}  // namespace groklab::studies
