// See code_version.h. The tables come from cmake/EmbedSources.cmake.
#include "groklab/studies/code_version.h"

#include <algorithm>

#include "groklab/report/sha256.h"
#include "groklab/studies/study.h"

namespace groklab::studies {
namespace {

constexpr std::string_view kStudiesFolder = "src/groklab/studies/";
constexpr std::size_t kCodeDigits = 12;
/// Files of src/groklab/studies that write what was judged and change no number or verdict.
constexpr std::string_view kOnlyWriting[] = {"code_version",      "kept",         "look",         "looks_section",
                                             "overview",          "page",         "power",        "study",
                                             "reproduction_json", "verdict_text", "measurements", "published"};

std::string_view stem_of(std::string_view file_name) { return file_name.substr(0, file_name.find('.')); }

/// A claim's id as files are named: efficiency_mem.
std::string file_word(std::string id) {
  std::replace(id.begin(), id.end(), '-', '_');
  return id;
}

bool counts_for(const Study& study, const std::string& claim, std::string_view path) {
  if (!path.starts_with(kStudiesFolder)) return true;
  std::string_view rest = path.substr(kStudiesFolder.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) {
    return std::find(std::begin(kOnlyWriting), std::end(kOnlyWriting), stem_of(rest)) == std::end(kOnlyWriting);
  }
  if (rest.substr(0, slash) != study.id) return false;
  const std::string owner = claim_of_file(study, rest.substr(slash + 1));
  return owner.empty() || owner == claim;
}

}  // namespace

std::string claim_of_file(const Study& study, std::string_view file_name) {
  const std::string stem(stem_of(file_name));
  std::string owner;
  for (const Claim& claim : study.claims) {
    const std::string word = file_word(claim.id);
    const bool is_its = stem == word || stem.starts_with(word + "_");
    if (is_its && claim.id.size() > owner.size()) owner = claim.id;
  }
  return owner;
}

std::string code_digest(const Study& study, const std::string& claim) {
  std::string lines;
  for (const SourceDigest& source : source_digests()) {
    if (counts_for(study, claim, source.path)) lines += std::string(source.path) + " " + source.sha256 + "\n";
  }
  return report::sha256_hex(lines).substr(0, kCodeDigits);
}

}  // namespace groklab::studies
