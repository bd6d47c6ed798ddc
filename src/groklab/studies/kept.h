// The last judgement of each study, scale and protocol, kept in a store beside the runs that it follows from.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "groklab/studies/look.h"
#include "groklab/studies/reproduction.h"

namespace groklab::studies {

/// Writes reproduction_json to STORE/reproductions/STUDY-SCALE-HASH.json, whole or not at all, and returns the file.
/// Throws Error(kIo).
std::filesystem::path keep_reproduction(const std::filesystem::path& store, const Reproduction& reproduction);

/// Keeps a look beside it, STORE/reproductions/look-NAME.json, and returns the file; nothing if the store has a look
/// that says the same. Throws Error(kIo).
std::optional<std::filesystem::path> keep_look(const std::filesystem::path& store, const Look& look);
/// All looks of a store, by name. A file that is none, or that cannot be read, is left out.
std::vector<Look> kept_looks(const std::filesystem::path& store);

struct KeptReproduction {
  struct Claim {
    std::string id, title, verdict;
    std::string effect;  ///< "1.03 (0.95 to 1.1)"; "" if there is none
    std::string text;    ///< what the effect is, and what came out
  };
  std::string study, scale, protocol, file;  ///< file: its name in the folder
  std::vector<Claim> claims;
};

/// Those of a store, by name. Files of others are read as data; one that is no reproduction is left out.
std::vector<KeptReproduction> kept_reproductions(const std::filesystem::path& store);

}  // namespace groklab::studies
